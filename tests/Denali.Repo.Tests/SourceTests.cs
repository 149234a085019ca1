// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>Source files keep the rules of <see cref="SourceRules"/>, and every rule can tell good from bad.</summary>
public sealed class SourceTests
{
    private const string Licence = "// SPDX-License-Identifier: MIT\n";

    private static IEnumerable<string> HostSources => Repository.Under("src/", ".cs");

    private static IEnumerable<string> HostCode =>
        [.. HostSources, .. Repository.Under("bench/", ".cs"), .. Repository.Under("eng/", ".cs"), .. HostTests];

    private static IEnumerable<string> HostTests =>
        Repository.Under("tests/", ".cs").Where(path => !path.StartsWith("tests/Guests/", StringComparison.Ordinal));

    private static IEnumerable<string> AllCode => Repository.Under("", ".cs");

    private static IEnumerable<string> Scripts =>
        Repository.Files.Where(path => path is "denali" or ".ci/run" || path.EndsWith(".sh", StringComparison.Ordinal));

    private static IEnumerable<string> Sources => [.. AllCode, .. Scripts, .. Repository.Under("", ".S")];

    [Fact]
    public void Sources_NameTheirLicence() => Check(Sources, SourceRules.Licence);

    [Fact]
    public void Sources_HaveShortLines() => Check(Sources, SourceRules.LineLength);

    [Fact]
    public void Sources_AreAsciiOutsideOfLiterals() => Check(Sources, SourceRules.Ascii);

    [Fact]
    public void HostSources_HaveOnePublicTypeNamedAsTheFile() => Check(HostSources, SourceRules.PublicTypes);

    [Fact]
    public void HostSources_NameUnsafeFiles() => Check(HostSources, SourceRules.UnsafeNames);

    [Fact]
    public void HostSources_ExplainUnsafeCode() => Check(HostSources, SourceRules.SafetyComments);

    [Fact]
    public void HostCode_ImportsNativeFunctionsInOnePlace() => Check(HostCode, SourceRules.NativeImports);

    [Fact]
    public void Functions_AreShort() => Check(AllCode, SourceRules.FunctionLength);

    [Fact]
    public void Tests_NeitherSleepNorHide() => Check(HostTests, SourceRules.Waiting);

    [Theory]
    [InlineData("a.cs", "", true)]
    [InlineData("a.cs", "using System;\n" + Licence, true)]
    [InlineData("a.cs", Licence, false)]
    [InlineData("run", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n", false)]
    [InlineData("run", "#!/bin/sh\n\n# SPDX-License-Identifier: MIT\n", true)]
    public void Licence_Sample(string path, string text, bool wrong) => Expect(SourceRules.Licence(path, text), wrong);

    [Theory]
    [InlineData(120, false)]
    [InlineData(121, true)]
    public void LineLength_Sample(int length, bool wrong) =>
        Expect(SourceRules.LineLength("a.cs", "x\n" + new string('x', length) + "\nx"), wrong);

    [Theory]
    [InlineData("string s = \"\u00e9\";", false)]
    [InlineData("string s = $\"{(x ? \"\u00e9\" : \"b\")}\";", false)]
    [InlineData("string s = \"\"\"\n\u00e9 \" \n\"\"\";", false)]
    [InlineData("char c = '\u00e9';", false)]
    [InlineData("// \u00e9", true)]
    [InlineData("int \u00e9;", true)]
    [InlineData("\tint x;", true)]
    [InlineData("string s = @\"\\\"; // \u00e9", true)]
    public void Ascii_Sample(string text, bool wrong) => Expect(SourceRules.Ascii("a.cs", text), wrong);

    [Theory]
    [InlineData("src/A.cs", "public sealed class A { public class Inner { } }", false)]
    [InlineData("src/A.Unsafe.cs", "public readonly unsafe struct A<T> where T : struct { }", false)]
    [InlineData("src/A.cs", "internal class B { } internal class C { }", false)]
    [InlineData("src/A.cs", "public class B { }", true)]
    [InlineData("src/A.cs", "public class A { } public enum B { X }", true)]
    [InlineData("src/A.cs", "public record struct B(int X) { }", true)]
    [InlineData("src/A.cs", "internal class B { } // public class B { }", false)]
    public void PublicTypes_Sample(string path, string text, bool wrong) =>
        Expect(SourceRules.PublicTypes(path, text), wrong);

    [Theory]
    [InlineData("src/X/A.cs", "class A { unsafe void M() { } }", true)]
    [InlineData("src/X/A.cs", "class A { int M() => Unsafe.SizeOf<int>(); }", true)]
    [InlineData("src/X/A.cs", "class A { int M() => Marshal.SizeOf<int>(); }", true)]
    [InlineData("src/X/A.cs", "class A { /* unsafe */ string s = \"Marshal.\"; }", false)]
    [InlineData("src/X/A.Unsafe.cs", "class A { unsafe void M() { } }", false)]
    [InlineData("src/X/Interop/A.cs", "class A { unsafe void M() { } }", false)]
    public void UnsafeNames_Sample(string path, string text, bool wrong) =>
        Expect(SourceRules.UnsafeNames(path, text), wrong);

    [Theory]
    [InlineData("class A { void M() { unsafe { x = 1; } } }", true)]
    [InlineData("class A { void M()\n{\n// SAFETY: x is ours.\nunsafe { x = 1; } } }", false)]
    [InlineData("unsafe class A { int M(byte* p) { return ((int*)p)[1]; } }", true)]
    [InlineData("unsafe class A { int M(P* p) { return p->X; } }", true)]
    [InlineData("unsafe class A { void M() { fixed (byte* p = x) { } } }", true)]
    [InlineData("unsafe class A { void M() { Call(1, &x); } }", true)]
    [InlineData("unsafe class A {\n// SAFETY: x lives on this stack.\nvoid M() { Call(1, &x); } }", false)]
    [InlineData("unsafe class A { bool M() { return a && b & c; } }", false)]
    [InlineData("unsafe class A {\n    private int M() => *(int*)p;\n }", true)]
    [InlineData("unsafe class A {\n// SAFETY: the caller checks p.\n    private int M() => *(int*)p;\n }", false)]
    [InlineData("unsafe class A { // SAFETY: elsewhere\n\nint M(P* p) { return p->X; } }", true)]
    public void SafetyComments_Sample(string text, bool wrong) =>
        Expect(SourceRules.SafetyComments("src/X/A.Unsafe.cs", text), wrong);

    [Theory]
    [InlineData("src/Linux/Interop/Libc.cs", "[LibraryImport(\"libc\")] static partial int getpid();", false)]
    [InlineData("src/Kernel/A.cs", "[LibraryImport(\"libc\")] static partial int getpid();", true)]
    [InlineData("src/Linux/Interop/Libc.cs", "[DllImport(\"libc\")] static extern int getpid();", true)]
    public void NativeImports_Sample(string path, string text, bool wrong) =>
        Expect(SourceRules.NativeImports(path, text), wrong);

    [Theory]
    [InlineData("void M()", 70, false)]
    [InlineData("void M()", 71, true)]
    [InlineData("int P", 71, true)]
    [InlineData("int M(int x) => x switch", 71, true)]
    [InlineData("int[] _table = new[]", 500, false)]
    [InlineData("class Inner", 500, false)]
    public void FunctionLength_Sample(string header, int lines, bool wrong) =>
        Expect(
            SourceRules.FunctionLength("a.cs", $"class A {{\n{header}\n{{{new string('\n', lines - 1)}}};\n}}"), wrong);

    [Theory]
    [InlineData("Thread.Sleep(1);", true)]
    [InlineData("await Task.Delay(1);", true)]
    [InlineData("[Fact(Skip = \"later\")]", true)]
    [InlineData("Assert.Skip(\"no KVM\");", false)]
    [InlineData("// Thread.Sleep is not used", false)]
    public void Waiting_Sample(string text, bool wrong) => Expect(SourceRules.Waiting("a.cs", text), wrong);

    [Fact]
    public void Repository_HasSourcesToCheck()
    {
        Assert.Contains("src/Hardware/RegisterPage.cs", HostSources);
        Assert.Contains("tests/Denali.Repo.Tests/SourceTests.cs", HostTests);
        Assert.Contains("denali", Scripts);
        Assert.DoesNotContain(AllCode, path => path.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    private static void Check(IEnumerable<string> paths, Func<string, string, IEnumerable<string>> rule) =>
        Findings.None(paths.SelectMany(path => rule(path, Repository.Read(path))));

    private static void Expect(IEnumerable<string> findings, bool wrong) => Assert.Equal(wrong, findings.Any());
}
