// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Denali.Engine;
using Denali.Hardware;
using Iced.Intel;
using Xunit;
using Instruction = Denali.Hardware.Instruction;

namespace Denali.Kvm.Tests;

/// <summary>A slot in which a few assembled instructions run.</summary>
internal sealed class CodeGuest : IDisposable
{
    internal const ulong Code = AddressMap.ImageBase;
    internal const ulong Constants = Code + 0x1000;
    internal const ulong Data = Code + 0x2000;
    internal const ulong Heap = Code + 0x3000;
    internal const ulong Memory = 1 << 20;
    internal const uint StackBytes = 0x4000;
    internal const ulong StackArea = Memory - (2 * StackBytes);

    private readonly KvmEngine _engine = OpenEngine();

    internal CodeGuest(Action<Assembler> write, ulong memoryBytes = Memory)
    {
        Slot = _engine.CreateSlot(memoryBytes);
        Bind(write);
    }

    internal IExecutionSlot Slot { get; }

    /// <summary>Opens the engine, or skips the test where KVM is absent.</summary>
    internal static KvmEngine OpenEngine()
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        return new KvmEngine();
    }

    internal IMemoryBase MakeBase(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), Code);
        return _engine.CreateBase(new BaseDescription
        {
            MemoryBytes = Slot.MemoryBytes,
            Entry = Code,
            Regions =
            [
                new BaseRegion(Code, 0x1000, code.ToArray(), Permissions.Execute),
                new BaseRegion(Constants, 0x1000, new byte[] { 1, 2, 3, 4 }, Permissions.Read),
                new BaseRegion(Data, 0x1000, Array.Empty<byte>(), Permissions.Write),
            ],
            HeapBase = Heap,
            StackAreaBase = Slot.MemoryBytes - (2 * StackBytes),
            StackBytes = StackBytes,
        });
    }

    /// <summary>A base like another one, made of what that tells of itself.</summary>
    internal IMemoryBase MakeBase(IMemoryBase template)
    {
        var pages = new List<uint>();
        for (uint page = 0; template.TryGetNextPage(ref page, out _); page++)
        {
            pages.Add(page);
        }

        return _engine.CreateBase(template.Description, new BaseState
        {
            ChargedBytes = template.ChargedBytes,
            Commits = template.Commits,
            Pages = pages,
            Read = (page, contents) =>
            {
                Assert.True(template.TryGetPage(page, out ReadOnlySpan<byte> original));
                original.CopyTo(contents);
            },
        });
    }

    internal void Bind(Action<Assembler> write)
    {
        using IMemoryBase memoryBase = MakeBase(write);
        Slot.Bind(memoryBase);
        Assert.NotEqual(0u, Slot.Commit(Slot.MemoryBytes - 8));
    }

    /// <summary>Enters until something other than a needless kick happens.</summary>
    internal EngineExit Enter()
    {
        EngineExit exit;
        do
        {
            exit = Slot.Enter();
        }
        while (exit.Kind == EngineExitKind.Interrupted);

        return exit;
    }

    internal void AssertInstruction(Instruction expected)
    {
        EngineExit exit = Enter();
        string fault = exit.Kind == EngineExitKind.Fault ? Describe(Slot.ReadFault()) : string.Empty;
        Assert.True(exit.Kind == EngineExitKind.Instruction, $"{exit.Kind} {exit.Detail:x} {fault}");
        Assert.Equal(expected, exit.Instruction);
    }

    internal static string Describe(EngineFault fault) =>
        $"vector {fault.Vector} error {fault.ErrorCode:x} address {fault.Address:x} rip {fault.Registers.Rip:x}";

    public void Dispose()
    {
        Slot.Dispose();
        _engine.Dispose();
    }
}
