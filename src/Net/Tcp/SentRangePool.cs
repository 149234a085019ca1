// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>Unused <see cref="SentRange"/> objects.</summary>
internal sealed class SentRangePool
{
    private SentRange? _free;

    /// <summary>Takes one.</summary>
    public SentRange Take()
    {
        SentRange? range = _free;
        if (range is null)
        {
            return new SentRange();
        }

        _free = range.Next;
        range.Next = null;
        range.Previous = null;
        range.IsSacked = false;
        range.IsLost = false;
        range.IsRetransmitted = false;
        range.HasFin = false;
        return range;
    }

    /// <summary>Gives one back.</summary>
    public void Return(SentRange range)
    {
        range.Previous = null;
        range.Next = _free;
        _free = range;
    }
}
