using System.Runtime.Versioning;

// Most of it is Linux's, and fixtures say so to NUnit.
[assembly: SupportedOSPlatform("linux")]
