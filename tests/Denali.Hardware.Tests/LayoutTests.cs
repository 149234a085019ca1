// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>Every structure that host and guest share has the layout of architecture version 1.</summary>
public sealed class LayoutTests
{
    public static TheoryData<Type> Structures => [.. SharedStructures()];

    [Fact]
    public void Structures_AreAllPinned() =>
        Assert.Equal(
            SharedStructures().Select(type => type.Name).Order(StringComparer.Ordinal),
            VersionOneLayout.Structures.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Structures))]
    public void SizeOf_IsTheSizeInMemory(Type type)
    {
        int declared = (int)type.GetField("SizeOf", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;
        Assert.Equal(declared, Marshal.SizeOf(type));
        Assert.Equal(declared, ManagedSizeOf(type));
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void Fields_LieWhereVersionOneHasThem(Type type) =>
        Assert.Equal(
            VersionOneLayout.Structures[type.Name],
            FieldsOf(type).Select(field => $"{field.Offset:X3} {field.Size} {field.Name}"));

    [Theory]
    [MemberData(nameof(Structures))]
    public void Fields_DoNotOverlapAndAreAligned(Type type)
    {
        int end = 0;
        foreach ((string name, int offset, int size) in FieldsOf(type))
        {
            Assert.True(offset >= end, $"{type.Name}.{name} begins at {offset}, before {end}, where the last ends");
            Assert.True(offset % int.Min(size, 8) == 0, $"{type.Name}.{name} at {offset} is not aligned");
            end = offset + size;
        }

        Assert.True(end <= ManagedSizeOf(type), $"{type.Name} is shorter than its fields");
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void Structure_HoldsNoReferences(Type type) =>
        Assert.False(
            (bool)Generic(nameof(RuntimeHelpers.IsReferenceOrContainsReferences), typeof(RuntimeHelpers), type));

    [Fact]
    public void RegisterPage_RegionsDoNotOverlap()
    {
        (string Name, long Start, long Bytes)[] regions =
        [
            .. FieldsOf(typeof(RegisterPage))
                .Where(field => field.Name != nameof(RegisterPage.Disk0))
                .Select(field => (field.Name, (long)field.Offset, (long)field.Size)),
            ("disk table", OffsetOf(nameof(RegisterPage.Disk0)), DiskEntry.SizeOf * (long)DiskEntry.MaxCount),
            ("console input data", ConsoleLayout.InputData, ConsoleLayout.InputBytes),
            ("console output data", ConsoleLayout.OutputData, ConsoleLayout.OutputBytes),
        ];
        (string Name, long Start, long Bytes) before = ("start", 0, 0);
        foreach ((string Name, long Start, long Bytes) region in regions.OrderBy(region => region.Start))
        {
            Assert.True(region.Start >= before.Start + before.Bytes, $"{region.Name} overlaps {before.Name}");
            before = region;
        }

        Assert.True(before.Start + before.Bytes <= RegisterPage.SizeOf);
    }

    [Fact]
    public void RingIndices_SitInCacheLinesOfTheirOwn()
    {
        const int LineBytes = 64;
        Assert.Equal(0, OffsetOf(nameof(RegisterPage.ConsoleInput)) % LineBytes);
        Assert.Equal(0, OffsetOf(nameof(RegisterPage.ConsoleOutput)) % LineBytes);
        Assert.True(RingHeader.ConsumerOffset - RingHeader.ProducerOffset >= LineBytes);
        Assert.Equal(RingHeader.ProducerOffset, (uint)Marshal.OffsetOf<RingHeader>(nameof(RingHeader.Producer)));
        Assert.Equal(RingHeader.ConsumerOffset, (uint)Marshal.OffsetOf<RingHeader>(nameof(RingHeader.Consumer)));
    }

    private static IEnumerable<Type> SharedStructures() =>
        typeof(RegisterPage).Assembly.GetExportedTypes()
            .Where(type => type is { IsValueType: true, IsEnum: false, IsExplicitLayout: true })
            .OrderBy(type => type.Name, StringComparer.Ordinal);

    private static IEnumerable<(string Name, int Offset, int Size)> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Select(field => (field.Name, (int)Marshal.OffsetOf(type, field.Name), ManagedSizeOf(field.FieldType)))
            .OrderBy(field => field.Item2);

    private static int OffsetOf(string register) => (int)Marshal.OffsetOf<RegisterPage>(register);

    private static int ManagedSizeOf(Type type) => (int)Generic(nameof(Unsafe.SizeOf), typeof(Unsafe), type);

    private static object Generic(string method, Type owner, Type argument) =>
        owner.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!
            .MakeGenericMethod(argument).Invoke(null, null)!;
}
