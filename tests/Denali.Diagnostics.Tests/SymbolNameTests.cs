// SPDX-License-Identifier: MIT
using System;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>Names as ILC 10.0.12 writes them, and as close to C# as they come back.</summary>
public sealed class SymbolNameTests
{
    private const string Box = "S_P_CoreLib_System_AsyncTaskMethodBuilder_1_Box_1<Int32__My_App_My_App_P>__MoveNext";

    [Theory]
    [InlineData("hello_Hello__Main", "Hello.Main")]
    [InlineData("Hello_Hello__Main", "Hello.Main")]
    [InlineData("Ilwaco_Ilwaco_Heap__Allocate", "Ilwaco.Heap.Allocate")]
    [InlineData("Ilwaco_Denali_Hardware_ConsoleLayout__get_Output", "Denali.Hardware.ConsoleLayout.get_Output")]
    [InlineData("CoreLib_System_ArgumentException___ctor", "System.ArgumentException..ctor")]
    [InlineData("My_App_My_App_Outer_1<UInt8>___cctor", "My.App.Outer<byte>..cctor")]
    [InlineData("Ilwaco_Denali_Hardware_RingProducer_1<Ilwaco_Ilwaco_GuestRingMemory>__Publish",
        "Denali.Hardware.RingProducer<Ilwaco.GuestRingMemory>.Publish")]
    [InlineData("My_App_My_App_Outer_1_Inner_1<Int32__System___Canon>__Do<S_P_CoreLib_System_Pair_2<Int32__Bool>>",
        "My.App.Outer.Inner<int, Canon>.Do<System.Pair<int, bool>>")]
    [InlineData(Box, "System.AsyncTaskMethodBuilder.Box<int, My.App.P>.MoveNext")]
    [InlineData("My_App_My_App_Program___c__DisplayClass6_0___Main_b__0", "My.App.Program.Main.lambda")]
    [InlineData("My_App_My_App_Program___c___Main_b__6_2", "My.App.Program.Main.lambda")]
    [InlineData("My_App_My_App_Program___c__DisplayClass6_0___Main_g__Local_1", "My.App.Program.Main.Local_1")]
    [InlineData("My_App_My_App_Program__Go_d__1__MoveNext", "My.App.Program.Go.MoveNext")]
    [InlineData("unbox_CoreLib_System_Int128__Equals", "System.Int128.Equals")]
    [InlineData("Hello__Module___StartupCodeMain", "<Module>.StartupCodeMain")]
    [InlineData("Object__GetType", "Object.GetType")]
    public void Readable_MethodOfIlc_LooksLikeCSharp(string symbol, string expected) =>
        Assert.Equal(expected, SymbolName.Readable(symbol));

    [Theory]
    [InlineData("")]
    [InlineData("_start")]
    [InlineData("memset")]
    [InlineData("RhpNewFast")]
    [InlineData("denali_interface_call")]
    [InlineData("__DelegateCtor_A__B")]
    [InlineData("_ZN3WKS7gc_heap10mark_phaseEi")]
    [InlineData("a__")]
    [InlineData("__")]
    [InlineData("a_B<c__D")]
    [InlineData("a_B<>__D")]
    public void Readable_OtherNames_StayAsTheyAre(string symbol) => Assert.Equal(symbol, SymbolName.Readable(symbol));

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Readable_RandomNames_NeverThrows()
    {
        string[] parts =
            ["_", "__", "<", ">", "a", "B1", "_1", "System___Canon", "_c__", "_b__", "_d__", "_g__", "Int32"];
        TestSeed.ForEach(20_000, 1_000_000, random =>
        {
            string name = string.Concat(random.GetItems(parts, random.Next(40)));

            string readable = SymbolName.Readable(name);

            Assert.True(readable.Length <= name.Length * 2);
            Assert.True(readable.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0);
        });
    }

    [Fact]
    public void Readable_DeepNesting_StaysAsItIs()
    {
        string name = "a_B<" + string.Concat(System.Linq.Enumerable.Repeat("c<", 500)) + new string('>', 501) + "__D";

        Assert.Equal(name, SymbolName.Readable(name));
    }
}
