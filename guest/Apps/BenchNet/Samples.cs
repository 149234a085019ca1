// SPDX-License-Identifier: MIT
using Ilwaco;

/// <summary>Durations of the same thing, of which the middle one counts: a host that does something else in between
/// spoils a few of them, not the result.</summary>
internal sealed class Samples
{
    private readonly ulong[] _values;
    private int _count;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">How many will be added.</param>
    internal Samples(int capacity) => _values = new ulong[capacity];

    /// <summary>Adds a duration.</summary>
    internal void Add(ulong ns) => _values[_count++] = ns;

    /// <summary>The middle value. The order is lost.</summary>
    internal ulong Median()
    {
        // Shell's sort: short, and quick enough for some thousand values.
        for (int gap = _count / 2; gap > 0; gap /= 2)
        {
            for (int i = gap; i < _count; i++)
            {
                ulong value = _values[i];
                int at = i;
                for (; at >= gap && _values[at - gap] > value; at -= gap)
                {
                    _values[at] = _values[at - gap];
                }

                _values[at] = value;
            }
        }

        return _values[_count / 2];
    }

    /// <summary>Prints medians as one line of numbers.</summary>
    internal static void Report(Samples first, Samples second, Samples third, Samples fourth)
    {
        Utf8Writer line = new(stackalloc byte[96]);
        line.WriteDecimal(first.Median());
        line.Write(" "u8);
        line.WriteDecimal(second.Median());
        line.Write(" "u8);
        line.WriteDecimal(third.Median());
        line.Write(" "u8);
        line.WriteDecimal(fourth.Median());
        ConsoleDevice.WriteLine(line.Written);
    }
}
