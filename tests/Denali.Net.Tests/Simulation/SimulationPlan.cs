// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Simulation;

/// <summary>What a simulation is like; everything follows from the seed.</summary>
internal sealed class SimulationPlan
{
    private const ulong Millisecond = 1_000_000;

    public SimulationPlan(Random random)
    {
        HostCount = 2 + random.Next(random.Next(5) + 1);
        ConversationCount = 1 + random.Next(random.Next(random.Next(8) == 0 ? 100 : 16) + 1);
        StaggerBits = random.Next(1, 34);
        StartNs = (ulong)random.NextInt64(1_000_000_000, 1L << random.Next(40, 60));
        DelayNs = (ulong)(random.NextDouble() * random.Next(1, 80) * Millisecond);
        JitterNs = random.Next(3) == 0 ? (ulong)(random.NextDouble() * random.Next(1, 30) * Millisecond) : 0;
        LossPermille = Sometimes(random, 2, 200);
        DuplicatePermille = Sometimes(random, 3, 100);
        ReorderPermille = Sometimes(random, 3, 150);
        CorruptPermille = Sometimes(random, 3, 100);
        QueueFrames = random.Next(3) == 0 ? random.Next(1, 8) : 256;
        BytesPerMicrosecond = random.Next(3) == 0 ? random.Next(1, 20) : random.Next(20, 2000);
        IsOffloaded = random.Next(2) == 0;
        IsCutAlways = CorruptPermille > 0 || random.Next(2) == 0;
        HasSmallPaths = random.Next(4) == 0;
        HasScarceMemory = random.Next(8) == 0;
        HasOutage = random.Next(8) == 0;
        HasDatagrams = random.Next(3) == 0;
        HasRudeOwners = random.Next(4) == 0;
        ActsInEvents = random.Next(2) == 0;
        HasCookies = random.Next(8) == 0;
        MtuBytes = random.Next(3) == 0 ? random.Next(1280, 9001) : 1500;
    }

    public int HostCount { get; }

    public int ConversationCount { get; }

    /// <summary>Connections begin within so many bits of nanoseconds.</summary>
    public int StaggerBits { get; }

    /// <summary>When it begins: clocks wrap at different times.</summary>
    public ulong StartNs { get; }

    public ulong DelayNs { get; }

    public ulong JitterNs { get; }

    public int LossPermille { get; }

    public int DuplicatePermille { get; }

    public int ReorderPermille { get; }

    public int CorruptPermille { get; }

    /// <summary>Frames that a host's link holds.</summary>
    public int QueueFrames { get; }

    /// <summary>Speed of a host's link.</summary>
    public int BytesPerMicrosecond { get; }

    public bool IsOffloaded { get; }

    /// <summary>The link cuts large frames and completes checksums, as a real wire needs it.</summary>
    public bool IsCutAlways { get; }

    /// <summary>A router that takes only small packets on some ways, and changes its mind.</summary>
    public bool HasSmallPaths { get; }

    /// <summary>Allocators run out at times.</summary>
    public bool HasScarceMemory { get; }

    /// <summary>The network carries nothing for some seconds.</summary>
    public bool HasOutage { get; }

    public bool HasDatagrams { get; }

    /// <summary>Owners abort, or close before everything is read.</summary>
    public bool HasRudeOwners { get; }

    /// <summary>Owners read and write inside of events, not after them.</summary>
    public bool ActsInEvents { get; }

    /// <summary>SYN queues are so short that cookies are sent.</summary>
    public bool HasCookies { get; }

    public int MtuBytes { get; }

    /// <summary>The network is good enough that no connection may fail.</summary>
    public bool MustSucceed => LossPermille + CorruptPermille < 60 && !HasOutage && !HasScarceMemory && !HasCookies;

    // Not there at all more often than not; small more often than large.
    private static int Sometimes(Random random, int oneIn, int most) =>
        random.Next(oneIn) == 0 ? random.Next(random.Next(most) + 1) : 0;
}
