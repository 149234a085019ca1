// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Bench.Peers;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>What memory processes have.</summary>
public sealed class ProcessMemoryTests
{
    private const int Bytes = 64 << 20;

    [Fact]
    public void Measure_ThisProcess_GrowsByWhatIsWrittenTo()
    {
        long before = ProcessMemory.Measure(Environment.ProcessId);
        byte[] block = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
        Array.Fill(block, (byte)1);

        long after = ProcessMemory.Measure(Environment.ProcessId);

        // Other tests of this process may give memory back.
        Assert.InRange(after - before, Bytes / 2, Bytes * 4L);
        GC.KeepAlive(block);
    }

    [Fact]
    public void MeasureTrees_ProcessWithAChild_CountsBoth()
    {
        using var alone = new PeerProcess("/bin/sh", ["-c", "echo ready; read line"]);
        using var parent = new PeerProcess("/bin/sh", ["-c", "sh -c 'echo ready; read line'; exit"]);

        long one = ProcessMemory.MeasureTrees([alone.ProcessId!.Value]);
        long two = ProcessMemory.MeasureTrees([parent.ProcessId!.Value]);

        Assert.True(one > 0);
        Assert.True(two > ProcessMemory.Measure(parent.ProcessId!.Value), $"{two} bytes with the child");
    }

    [Fact]
    public void Measure_ProcessThatIsGone_IsTold() =>
        Assert.ThrowsAny<IOException>(() => ProcessMemory.Measure(int.MaxValue));
}
