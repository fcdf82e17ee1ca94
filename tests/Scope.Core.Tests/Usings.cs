global using NUnit.Framework;
// Of the two types that are in scope under implicit usings, the tests mean ours.
global using Lock = GoGoScope.Lock;
