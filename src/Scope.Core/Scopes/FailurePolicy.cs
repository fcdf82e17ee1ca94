namespace GoGoScope;

/// <summary>What the failure of a child does to its siblings.</summary>
public enum FailurePolicy
{
    /// <summary>A failure cancels the other children: they were doing one thing together, and it can't be done any more.</summary>
    FailFast,

    /// <summary>
    /// A failure leaves the other children alone. A failure that somebody has observed, by awaiting the child, is handled and not
    /// kept; the others are thrown by the scope, of very many the first and the last (<see cref="ForgottenFailuresException"/>). A
    /// failure of the body cancels the children all the same.
    /// </summary>
    Supervise,
}
