// SPDX-License-Identifier: MIT
namespace Denali.Guests.Tests;

/// <summary>What a <see cref="SwapModel"/> knows of a VM.</summary>
/// <param name="Disk">Its disk's number, or null for none.</param>
internal sealed record ModelMachine(int? Disk)
{
    /// <summary>How often it was asked, or the one before that it was cloned from.</summary>
    internal ulong Count { get; set; }

    /// <summary>The guest in it.</summary>
    internal string Guest => Disk is null ? "twin" : "counter";
}
