// SPDX-License-Identifier: MIT
using System;

namespace Denali.Interop.Tests.Wire;

/// <summary>What a wire does to TCP frames. Shares are in thousandths.</summary>
internal sealed record FaultPlan
{
    /// <summary>Nothing is lost, and large frames go as they are.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>Frames lost.</summary>
    public int Loss { get; init; }

    /// <summary>Frames that come twice.</summary>
    public int Duplication { get; init; }

    /// <summary>Frames that others overtake.</summary>
    public int Reordering { get; init; }

    /// <summary>Frames with a bit turned that some checksum covers.</summary>
    public int Corruption { get; init; }

    /// <summary>Whether large frames are cut to the MTU before they meet their fate, as a NIC does.</summary>
    public bool IsCut { get; init; }

    /// <summary>Milliseconds from end to end.</summary>
    public int DelayMs { get; init; }

    /// <summary>A plan by its name, as theories take it.</summary>
    public static FaultPlan Named(string name) => name switch
    {
        "none" => None,
        "cut" => new() { IsCut = true },
        "loss" => new() { IsCut = true, DelayMs = 2, Loss = 50 },
        "bursts" => new() { DelayMs = 2, Loss = 50 },
        "reordering" => new() { IsCut = true, DelayMs = 2, Reordering = 100 },
        "duplication" => new() { IsCut = true, DelayMs = 2, Duplication = 100 },
        "corruption" => new() { IsCut = true, DelayMs = 2, Corruption = 30 },
        "everything" => new()
        {
            IsCut = true,
            DelayMs = 2,
            Loss = 20,
            Duplication = 20,
            Reordering = 50,
            Corruption = 10,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
