// SPDX-License-Identifier: MIT
using System.CommandLine;
using System.Globalization;

namespace Denali.Cli;

/// <summary>The options of <c>denali up</c> that say what it may take of the machine.</summary>
internal sealed class UpLimitArguments
{
    // A slot takes about 0.7 MiB for itself; a machine for which that is little is not known to us.
    private const int SlotMax = 16_384;

    // Less holds hardly a VM; more than the swap file can name is not asked for by mistake only.
    private const ulong BytesMin = 1UL << 20;
    private const ulong BytesMax = 1UL << 40;

    private readonly Option<string> _slots = new("--slots")
    {
        Description = "Most VMs that are in the middle of something at a time, 1 to 16384 (default: one for each "
            + "16 MiB of the machine's memory)",
        HelpName = "COUNT",
    };

    private readonly Option<string> _parked = new("--parked-limit")
    {
        Description = "Memory that parked VMs may take; above it the coldest go to the swap file, 1M to 1024G "
            + "(default: a quarter of the machine's)",
        HelpName = "SIZE",
    };

    private readonly Option<string> _swap = new("--swap-limit")
    {
        Description = "Room that VMs may take in the swap file, 1M to 1024G (default: 64G)",
        HelpName = "SIZE",
    };

    /// <summary>Gives a command the options.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_slots);
        command.Add(_parked);
        command.Add(_swap);
    }

    /// <summary>Reads them.</summary>
    /// <param name="result">What was written.</param>
    /// <param name="hasSwap">Whether there will be a swap file.</param>
    /// <exception cref="UsageException">One of them is no number, out of its range, or for nothing.</exception>
    internal UpLimits Parse(ParseResult result, bool hasSwap)
    {
        string? parked = result.GetValue(_parked);
        string? swap = result.GetValue(_swap);
        if (!hasSwap && (parked ?? swap) is not null)
        {
            throw new UsageException(
                $"{(parked is null ? "--swap-limit" : "--parked-limit")} is for the swap file, and nothing is kept in "
                + "one: leave it out, or let sites be kept");
        }

        return new UpLimits(
            result.GetValue(_slots) is { } slots ? ParseSlots(slots) : null,
            parked is null ? null : ByteSize.Parse(parked, "--parked-limit", BytesMin, BytesMax),
            swap is null ? null : ByteSize.Parse(swap, "--swap-limit", BytesMin, BytesMax));
    }

    private static int ParseSlots(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is >= 1 and <= SlotMax
            ? count
            : throw new UsageException($"'{text}' is not a number of slots: write 1 to {SlotMax}");
}
