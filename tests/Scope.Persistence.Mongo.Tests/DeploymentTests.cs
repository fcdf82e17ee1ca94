namespace GoGoScope.Persistence.Mongo.Tests;

[TestFixture]
public sealed class DeploymentTests
{
    [TestCase("rs0", null, true)]
    [TestCase(null, "isdbgrid", true)]
    [TestCase(null, null, false)]
    [TestCase(null, "something else", false)]
    public void Members_of_sets_and_routers_have_a_majority_and_a_single_server_has_none(string? setName, string? msg, bool has) =>
        Assert.That(Deployment.HasMajority(setName, msg), Is.EqualTo(has));
}
