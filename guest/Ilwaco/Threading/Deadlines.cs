// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>What is due when: a pairing heap whose links are in the entries. Used inside critical sections.</summary>
/// <remarks>
/// Adding takes constant time, taking out logarithmic time on average, and nothing is ever allocated.
/// </remarks>
internal static class Deadlines
{
    private static DeadlineEntry? s_root;
    private static ulong s_sequence;
    private static ulong s_expiredNs;

    /// <summary>When the next entry is due, or <see cref="InstructionPage.Never"/>.</summary>
    internal static ulong NextNs => s_root is null ? InstructionPage.Never : s_root.DueNs;

    /// <summary>Adds an entry that is not in the heap.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="dueNs">When it is due, in nanoseconds of the monotonic clock.</param>
    internal static void Add(DeadlineEntry entry, ulong dueNs)
    {
        Panic.Unless(!entry.IsQueued, "A deadline that is set already"u8);

        // Not before the present: an entry that is set again as soon as it expires must not hold up Expire for ever.
        entry.DueNs = dueNs > s_expiredNs ? dueNs : s_expiredNs + 1;
        entry.Sequence = s_sequence++;
        entry.IsQueued = true;
        s_root = s_root is null ? entry : Meld(s_root, entry);
    }

    /// <summary>Takes an entry out.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>Whether it was in the heap.</returns>
    internal static bool Remove(DeadlineEntry entry)
    {
        if (!entry.IsQueued)
        {
            return false;
        }

        entry.IsQueued = false;
        DeadlineEntry? rest = MeldAll(entry.Child);
        entry.Child = null;
        if (entry == s_root)
        {
            s_root = rest;
            return true;
        }

        Cut(entry);
        if (rest is not null)
        {
            s_root = Meld(s_root!, rest);
        }

        return true;
    }

    /// <summary>Tells all entries whose time has come, in order.</summary>
    /// <param name="nowNs">The monotonic clock.</param>
    internal static void Expire(ulong nowNs)
    {
        s_expiredNs = nowNs;
        while (s_root is { } entry && entry.DueNs <= nowNs)
        {
            Remove(entry);
            entry.OnDue();
        }
    }

    private static bool IsBefore(DeadlineEntry a, DeadlineEntry b) =>
        a.DueNs != b.DueNs ? a.DueNs < b.DueNs : a.Sequence < b.Sequence;

    // Two heaps become one: the later root becomes the first child of the earlier.
    private static DeadlineEntry Meld(DeadlineEntry a, DeadlineEntry b)
    {
        if (IsBefore(b, a))
        {
            (a, b) = (b, a);
        }

        b.Sibling = a.Child;
        if (a.Child is not null)
        {
            a.Child.Previous = b;
        }

        b.Previous = a;
        a.Child = b;
        return a;
    }

    // Siblings become one heap: pairs from left to right, then the pairs from right to left.
    private static DeadlineEntry? MeldAll(DeadlineEntry? first)
    {
        DeadlineEntry? pairs = null;
        while (first is not null)
        {
            DeadlineEntry a = first;
            DeadlineEntry? b = a.Sibling;
            first = b?.Sibling;
            Detach(a);
            if (b is not null)
            {
                Detach(b);
                a = Meld(a, b);
            }

            a.Sibling = pairs;
            pairs = a;
        }

        DeadlineEntry? all = null;
        while (pairs is not null)
        {
            DeadlineEntry pair = pairs;
            pairs = pair.Sibling;
            Detach(pair);
            all = all is null ? pair : Meld(all, pair);
        }

        return all;
    }

    private static void Detach(DeadlineEntry entry)
    {
        entry.Sibling = null;
        entry.Previous = null;
    }

    private static void Cut(DeadlineEntry entry)
    {
        DeadlineEntry previous = entry.Previous!;
        if (previous.Child == entry)
        {
            previous.Child = entry.Sibling;
        }
        else
        {
            previous.Sibling = entry.Sibling;
        }

        if (entry.Sibling is not null)
        {
            entry.Sibling.Previous = previous;
        }

        Detach(entry);
    }
}
