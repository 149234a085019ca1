// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>The call frame information of an image: .eh_frame (LSB 5.0 Core, section 10.6) or .debug_frame (DWARF 5,
/// section 6.4), as an index of functions.</summary>
/// <remarks>The tables are not trusted: entries that make no sense are left out, the work is bounded by
/// <see cref="DiagnosticLimits"/>. Immutable.</remarks>
internal sealed class FrameTable
{
    private readonly FrameDescription[] _descriptions;
    private readonly ReadOnlyMemory<byte> _section;

    private FrameTable(FrameDescription[] descriptions, ReadOnlyMemory<byte> section)
    {
        _descriptions = descriptions;
        _section = section;
    }

    /// <summary>Number of functions.</summary>
    public int Count => _descriptions.Length;

    /// <summary>Reads one of the two tables.</summary>
    /// <param name="image">A checked image.</param>
    /// <param name="isDebugFrame">Whether to read .debug_frame instead of .eh_frame.</param>
    /// <returns>The table; empty if the image has none or it is damaged.</returns>
    public static FrameTable Read(DenaliImage image, bool isDebugFrame)
    {
        if (!image.TryFindSection(isDebugFrame ? ".debug_frame" : ".eh_frame", out ImageSection section))
        {
            return new FrameTable([], default);
        }

        var reader = new FrameTableReader(section, isDebugFrame);
        List<FrameDescription> descriptions = reader.Read();
        descriptions.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        return new FrameTable([.. descriptions], section.Bytes);
    }

    /// <summary>Finds the function that contains an address.</summary>
    /// <param name="address">Any guest address.</param>
    /// <param name="description">Its description, or the default.</param>
    /// <returns>False if no function contains it.</returns>
    public bool TryFind(ulong address, out FrameDescription description)
    {
        int low = 0;
        int high = _descriptions.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_descriptions[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        description = low > 0 ? _descriptions[low - 1] : default;
        return low > 0 && address < description.End;
    }

    /// <summary>Bytes of a frame program.</summary>
    /// <param name="offset">Offset in the section, from an entry of this table.</param>
    /// <param name="bytes">Length, from the same entry.</param>
    /// <returns>The program.</returns>
    public ReadOnlySpan<byte> Program(int offset, int bytes) => _section.Span.Slice(offset, bytes);
}
