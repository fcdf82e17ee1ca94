global using GoGoScope.Testing;
global using NUnit.Framework;
