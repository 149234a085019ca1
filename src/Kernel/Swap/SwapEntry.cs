// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO.Hashing;
using Denali.Hardware;

namespace Denali.Kernel.Swap;

/// <summary>
/// What the swap file says of a VM in its directory, at the place of the VM's index: who it is, what its memory is a
/// difference to, and where its record lies. As long as there is one with the right sum, the VM can be resumed from
/// it; so it is written last and erased first.
/// </summary>
internal struct SwapEntry
{
    /// <summary>Length in the file.</summary>
    internal const int SizeBytes = 128;

    /// <summary>Runs that it has room for; if there are more, the record itself tells them.</summary>
    internal const int InlineRuns = 3;

    private const int ChecksumAt = SizeBytes - sizeof(ulong);

    /// <summary>The VM's number.</summary>
    internal ulong MachineId;

    /// <summary>Larger in each that is written than in all before.</summary>
    internal ulong Sequence;

    /// <summary>Identity of its base, see <see cref="LoadedImage.Key"/>.</summary>
    internal UInt128 Key;

    /// <summary>Memory that it is charged for, in bytes.</summary>
    internal ulong ChargedBytes;

    /// <summary>Processor time that it had used, in nanoseconds.</summary>
    internal ulong CpuNs;

    /// <summary>How often it had left the processor.</summary>
    internal ulong ExitCount;

    /// <summary>When it is to be woken, on the kernel's clock; <see cref="InstructionPage.Never"/> for never.</summary>
    internal ulong DeadlineNs;

    /// <summary>When it was written, on the kernel's clock: that must not go back.</summary>
    internal ulong SavedNs;

    /// <summary>Length of its record in bytes; 0 for none.</summary>
    internal long RecordBytes;

    /// <summary>The first run of its record.</summary>
    internal SwapRun Run0;

    /// <summary>The second run.</summary>
    internal SwapRun Run1;

    /// <summary>The third run.</summary>
    internal SwapRun Run2;

    /// <summary>Runs of its record.</summary>
    internal ushort RunCount;

    /// <summary>In which state it was.</summary>
    internal SwapEntryFlags Flags;

    /// <summary>Interrupts that it had not been told of.</summary>
    internal InterruptBits Pending;

    /// <summary>Writes it, with its sum.</summary>
    /// <param name="bytes">Gets <see cref="SizeBytes"/> bytes.</param>
    internal readonly void Write(Span<byte> bytes)
    {
        bytes[..SizeBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, MachineId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Sequence);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[16..], Key);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], ChargedBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], CpuNs);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], ExitCount);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[56..], DeadlineNs);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[64..], SavedNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], RecordBytes);
        WriteRun(bytes[80..], Run0);
        WriteRun(bytes[88..], Run1);
        WriteRun(bytes[96..], Run2);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[104..], RunCount);
        bytes[106] = (byte)Flags;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[112..], (ulong)Pending);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes[ChecksumAt..], XxHash3.HashToUInt64(bytes[..ChecksumAt]));
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes"><see cref="SizeBytes"/> bytes.</param>
    /// <param name="entry">What they say.</param>
    /// <returns>False if there is none, or its sum is wrong.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out SwapEntry entry)
    {
        entry = default;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) == 0
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..])
                != XxHash3.HashToUInt64(bytes[..ChecksumAt]))
        {
            return false;
        }

        entry = new SwapEntry
        {
            MachineId = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            Key = BinaryPrimitives.ReadUInt128LittleEndian(bytes[16..]),
            ChargedBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            CpuNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            ExitCount = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
            DeadlineNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]),
            SavedNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[64..]),
            RecordBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
            Run0 = ReadRun(bytes[80..]),
            Run1 = ReadRun(bytes[88..]),
            Run2 = ReadRun(bytes[96..]),
            RunCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[104..]),
            Flags = (SwapEntryFlags)bytes[106],
            Pending = (InterruptBits)BinaryPrimitives.ReadUInt64LittleEndian(bytes[112..]),
        };
        return true;
    }

    /// <summary>Writes a run: 8 bytes.</summary>
    internal static void WriteRun(Span<byte> bytes, SwapRun run)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, run.First);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], run.Count);
    }

    /// <summary>Reads a run.</summary>
    internal static SwapRun ReadRun(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
}
