using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests;

/// <summary>What a debugger finds.</summary>
[TestFixture]
public sealed class SymbolTests
{
    /// <summary>The kind of custom debug information that is a source (Portable PDB, "Embedded Source").</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private static IEnumerable<string> Libraries => Checkout.Packages.Values.Where(id => id != "GoGoScope.Tool");

    [TestCaseSource(nameof(Libraries))]
    public void The_symbols_are_those_of_the_assembly_and_have_all_sources_in_them(string id)
    {
        using var package = RunSetUp.Packed.Open(id);
        using var symbols = RunSetUp.Packed.OpenSymbols(id);
        using var assembly = new PEReader(new MemoryStream(package.Read($"lib/net10.0/{id}.dll")));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols.Read($"lib/net10.0/{id}.pdb")));
        var pdb = provider.GetMetadataReader();

        var wanted = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        Assert.That(new BlobContentId(pdb.DebugMetadataHeader!.Id).Guid, Is.EqualTo(assembly.ReadCodeViewDebugDirectoryData(wanted).Guid));
        var without = pdb.Documents.Where(document => !pdb.GetCustomDebugInformation(document).Any(IsSource)).Select(document => pdb.GetString(pdb.GetDocument(document).Name));
        Assert.That(pdb.Documents, Is.Not.Empty);
        Assert.That(without, Is.Empty);

        bool IsSource(CustomDebugInformationHandle information) => pdb.GetGuid(pdb.GetCustomDebugInformation(information).Kind) == EmbeddedSource;
    }
}
