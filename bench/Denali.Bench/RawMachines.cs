// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kvm;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>
/// The peer: VMs entered with KVM_RUN in a bare loop, with nothing done between two entries. Their code touches a
/// buffer and leaves with a port write, like a guest that idles.
/// </summary>
internal sealed class RawMachines : IDisposable
{
    private const ulong MemoryBytes = 16UL << 20;
    private const ulong HeapBase = AddressMap.ImageBase + (4 * AddressMap.PageBytes);
    private const uint StackBytes = 64 * 1024;
    private const int LineBytes = 64;

    private readonly TimestampCounter _counter = new();
    private readonly List<KvmSlot> _slots = [];
    private readonly double _nsPerTick;

    /// <summary>Makes VMs that run.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="count">How many.</param>
    /// <param name="bufferBytes">Size of the buffer that each touches between two exits, 0 for none.</param>
    internal RawMachines(KvmEngine engine, int count, int bufferBytes)
    {
        _nsPerTick = 1e6 / engine.TscKhz;
        using IMemoryBase memoryBase = engine.CreateBase(new BaseDescription
        {
            MemoryBytes = MemoryBytes,
            Entry = AddressMap.ImageBase,
            Regions =
            [
                new BaseRegion(AddressMap.ImageBase, AddressMap.PageBytes, Code(bufferBytes), Permissions.Execute),
            ],
            HeapBase = HeapBase,
            StackAreaBase = MemoryBytes - StackBytes,
            StackBytes = StackBytes,
        });
        for (int i = 0; i < count; i++)
        {
            var slot = (KvmSlot)engine.CreateSlot(MemoryBytes);
            _slots.Add(slot);
            slot.Bind(memoryBase);
            for (ulong offset = 0; offset < (ulong)bufferBytes + AddressMap.ChunkBytes; offset += AddressMap.ChunkBytes)
            {
                slot.Commit(HeapBase + offset);
            }

            slot.Commit(MemoryBytes - 1);
            for (int warm = 0; warm < 3; warm++)
            {
                slot.Processor.Enter();
            }
        }
    }

    /// <summary>Enters the VMs in turn.</summary>
    /// <param name="rounds">How often each.</param>
    /// <returns>Nanoseconds per entry.</returns>
    internal double Measure(int rounds)
    {
        VirtualProcessor[] processors = [.. _slots.Select(slot => slot.Processor)];
        ulong start = _counter.Read();
        for (int round = 0; round < rounds; round++)
        {
            foreach (VirtualProcessor processor in processors)
            {
                processor.Enter();
            }
        }

        return (_counter.Read() - start) * _nsPerTick / ((double)rounds * processors.Length);
    }

    public void Dispose() => _slots.ForEach(slot => slot.Dispose());

    private static byte[] Code(int bufferBytes)
    {
        var code = new List<byte>();
        if (bufferBytes > 0)
        {
            // mov rsi, HeapBase; mov rcx, lines; again: inc qword [rsi]; add rsi, 64; dec rcx; jnz again
            code.AddRange([0x48, 0xBE, .. BitConverter.GetBytes(HeapBase)]);
            code.AddRange([0x48, 0xB9, .. BitConverter.GetBytes((ulong)(bufferBytes / LineBytes))]);
            code.AddRange([0x48, 0xFF, 0x06, 0x48, 0x83, 0xC6, 0x40, 0x48, 0xFF, 0xC9, 0x75, 0xF4]);
        }

        // call yield; jmp to the start
        const int CallBytes = 5;
        ulong next = AddressMap.ImageBase + (ulong)code.Count + CallBytes;
        code.AddRange([0xE8, .. BitConverter.GetBytes((int)(long)(InstructionPage.YieldEntry - next))]);
        code.AddRange([0xE9, .. BitConverter.GetBytes(-(code.Count + CallBytes))]);
        return [.. code];
    }
}
