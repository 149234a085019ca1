// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Which source line the code at an address comes from, from .debug_line (DWARF 5, section 6.2; DWARF 4 and
/// older likewise).</summary>
/// <remarks>The table is not trusted: damage makes addresses unknown, never an exception, and the work is bounded by
/// <see cref="DiagnosticLimits"/>. Immutable.</remarks>
public sealed class LineTable
{
    // The Roslyn compiler marks code that belongs to no line with this number.
    private const uint HiddenLine = 0xFEEFEE;

    private readonly LineRange[] _ranges;
    private readonly IReadOnlyList<LineFile> _files;

    private LineTable(LineRange[] ranges, IReadOnlyList<LineFile> files)
    {
        _ranges = ranges;
        _files = files;
    }

    /// <summary>Number of address ranges that are known.</summary>
    public int RangeCount => _ranges.Length;

    /// <summary>Reads the table of an image.</summary>
    /// <param name="image">A checked image.</param>
    /// <returns>The table; empty if the image has none or it is damaged.</returns>
    public static LineTable Read(DenaliImage image)
    {
        if (!image.TryFindSection(".debug_line", out ImageSection lines))
        {
            return new LineTable([], []);
        }

        image.TryFindSection(".debug_str", out ImageSection strings);
        image.TryFindSection(".debug_line_str", out ImageSection lineStrings);
        var reader = new LineTableReader(image, lines.Bytes, strings.Bytes, lineStrings.Bytes);
        reader.Read();
        LineRange[] ranges = [.. reader.Ranges];
        Array.Sort(ranges, static (left, right) =>
            left.Start != right.Start ? left.Start.CompareTo(right.Start) : left.End.CompareTo(right.End));
        return new LineTable(ranges, reader.Files);
    }

    /// <summary>Finds the line of an address.</summary>
    /// <param name="address">Guest address of an instruction, or of a byte inside one.</param>
    /// <param name="line">The line, or the default.</param>
    /// <returns>False if the table does not say.</returns>
    public bool TryFind(ulong address, out SourceLine line)
    {
        int index = CountUpTo(address) - 1;
        line = default;
        return index >= 0 && address < _ranges[index].End && TryTake(_ranges[index], out line);
    }

    /// <summary>Finds the line of an address in a known function.</summary>
    /// <param name="address">Guest address of an instruction, or of a byte inside one.</param>
    /// <param name="function">The function that contains it.</param>
    /// <param name="line">The line, or the default.</param>
    /// <returns>False if the table does not say.</returns>
    /// <remarks>The ILC compiler writes no row for the first instructions of some functions, so that they would seem to
    /// belong to the last line of the function before: they get the first line of their own function.</remarks>
    public bool TryFind(ulong address, in SymbolMatch function, out SourceLine line)
    {
        int index = CountUpTo(address) - 1;
        if (index >= 0 && _ranges[index].Start >= function.Address && address < _ranges[index].End)
        {
            return TryTake(_ranges[index], out line);
        }

        line = default;
        int next = index + 1;
        return next < _ranges.Length && _ranges[next].Start - function.Address < function.Bytes &&
            TryTake(_ranges[next], out line);
    }

    /// <summary>Number of ranges that begin at or below an address.</summary>
    private int CountUpTo(ulong address)
    {
        int low = 0;
        int high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ranges[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool TryTake(LineRange range, out SourceLine line)
    {
        bool isKnown = range.Line is not (0 or HiddenLine) && range.FileIndex >= 0;
        line = isKnown ? new SourceLine(NameOf(_files[range.FileIndex]), range.Line) : default;
        return isKnown;
    }

    private static string NameOf(LineFile file)
    {
        const int MaxLength = DiagnosticLimits.FileNameMaxLength;
        string name = SafeText.FromUtf8(file.Name.Span, MaxLength);
        bool isJoined = !file.Directory.IsEmpty && !name.StartsWith('/');
        return isJoined ? $"{SafeText.FromUtf8(file.Directory.Span, MaxLength)}/{name}" : name;
    }
}
