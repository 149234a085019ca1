// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Something that happens at a time: the base of <see cref="GuestThread"/> and <see cref="Timer"/>.</summary>
public abstract class DeadlineEntry
{
    private volatile bool _isQueued;

    private protected DeadlineEntry()
    {
    }

    /// <summary>When, in nanoseconds of the monotonic clock.</summary>
    internal ulong DueNs { get; set; }

    /// <summary>Orders what is due at the same time: first set, first served.</summary>
    internal ulong Sequence { get; set; }

    /// <summary>Whether it is in <see cref="Deadlines"/>.</summary>
    internal bool IsQueued
    {
        get => _isQueued;
        set => _isQueued = value;
    }

    /// <summary>First of the entries that come after this one in the heap.</summary>
    internal DeadlineEntry? Child { get; set; }

    /// <summary>Next child of the same parent.</summary>
    internal DeadlineEntry? Sibling { get; set; }

    /// <summary>The child before, or the parent of a first child.</summary>
    internal DeadlineEntry? Previous { get; set; }

    /// <summary>The time has come. Called inside a critical section, with the entry out of the heap.</summary>
    internal abstract void OnDue();
}
