// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Reads the entries of .eh_frame or .debug_frame.</summary>
/// <param name="section">The section; its address matters, since pointers in .eh_frame are relative to themselves.
/// </param>
/// <param name="isDebugFrame">Whether it is .debug_frame.</param>
internal sealed class FrameTableReader(ImageSection section, bool isDebugFrame)
{
    private readonly ReadOnlyMemory<byte> _bytes =
        section.Bytes[..Math.Min(section.Bytes.Length, DiagnosticLimits.SectionMaxBytes)];

    // By offset; null for an entry that was refused, so that nobody reads it twice.
    private readonly Dictionary<int, FrameCommon?> _commons = [];

    /// <summary>Reads all function entries.</summary>
    /// <returns>The entries in the order of the section.</returns>
    public List<FrameDescription> Read()
    {
        var descriptions = new List<FrameDescription>();
        var cursor = new ByteCursor(_bytes.Span);
        while (!cursor.IsAtEnd && descriptions.Count < DiagnosticLimits.FrameDescriptionCountMax)
        {
            ulong length = cursor.U32();
            bool is64 = length == Dwarf.Escape64;
            length = is64 ? cursor.U64() : length;
            int start = cursor.Position;
            cursor.Skip(length);
            if (cursor.IsBroken || (length == 0 && !isDebugFrame))
            {
                // A length of zero ends .eh_frame.
                break;
            }

            // No compiler emits the 64-bit format for code that lies below 4 GiB.
            bool isSane = !is64 && length <= DiagnosticLimits.FrameEntryMaxBytes;
            if (isSane && TryReadDescription(start, (int)length, out FrameDescription description))
            {
                descriptions.Add(description);
            }
        }

        return descriptions;
    }

    private bool TryReadDescription(int start, int length, out FrameDescription description)
    {
        description = default;
        var cursor = new ByteCursor(_bytes.Span.Slice(start, length));
        uint id = cursor.U32();
        bool isCommon = isDebugFrame ? id == uint.MaxValue : id == 0;
        if (isCommon || cursor.IsBroken)
        {
            return false;
        }

        // In .eh_frame the distance back from the field itself, in .debug_frame an offset in the section.
        long commonAt = isDebugFrame ? id : (long)start - id;
        if (commonAt < 0 || commonAt >= _bytes.Length || CommonAt((int)commonAt) is not FrameCommon common)
        {
            return false;
        }

        if (!TryReadPointer(ref cursor, start, common.PointerEncoding, out ulong address))
        {
            return false;
        }

        byte format = (byte)(common.PointerEncoding & Dwarf.PointerFormatMask);
        if (!TryReadPointer(ref cursor, start, format, out ulong bytes))
        {
            return false;
        }

        if (common.HasAugmentationData)
        {
            cursor.Skip(cursor.Unsigned());
        }

        ulong end = unchecked(address + bytes);
        if (cursor.IsBroken || end <= address)
        {
            return false;
        }

        description = new FrameDescription(address, end, common, start + cursor.Position, cursor.Left);
        return true;
    }

    private FrameCommon? CommonAt(int offset)
    {
        if (!_commons.TryGetValue(offset, out FrameCommon? common))
        {
            common = _commons.Count < DiagnosticLimits.FrameCommonCountMax ? ReadCommon(offset) : null;
            _commons.Add(offset, common);
        }

        return common;
    }

    private FrameCommon? ReadCommon(int offset)
    {
        var outer = new ByteCursor(_bytes.Span[offset..]);
        uint length = outer.U32();
        int start = offset + outer.Position;
        ByteCursor cursor = outer.Part(length);
        if (length > DiagnosticLimits.FrameEntryMaxBytes || cursor.U32() != (isDebugFrame ? uint.MaxValue : 0))
        {
            return null;
        }

        byte version = cursor.U8();
        int augmentationAt = start + cursor.Position;
        cursor.Text(out _, out int augmentationBytes);
        ReadOnlySpan<byte> augmentation = _bytes.Span.Slice(augmentationAt, augmentationBytes);
        if (version is not (1 or 3 or 4) || (version == 4 && (cursor.U8() != sizeof(ulong) || cursor.U8() != 0)))
        {
            return null;
        }

        ulong codeFactor = cursor.Unsigned();
        long dataFactor = cursor.Signed();
        ulong returnRegister = version == 1 ? cursor.U8() : cursor.Unsigned();
        byte encoding = Dwarf.PointerAbsolute;
        bool isSignalFrame = false;
        if (augmentationBytes > 0 && !TryReadAugmentation(ref cursor, augmentation, ref encoding, ref isSignalFrame))
        {
            return null;
        }

        bool isUsable = !cursor.IsBroken && returnRegister == Dwarf.RegisterReturnAddress;
        return !isUsable ? null : new FrameCommon
        {
            CodeFactor = codeFactor,
            DataFactor = dataFactor,
            PointerEncoding = encoding,
            HasAugmentationData = augmentationBytes > 0,
            IsSignalFrame = isSignalFrame,
            ProgramOffset = start + cursor.Position,
            ProgramBytes = cursor.Left,
        };
    }

    /// <summary>The data that the letters of the augmentation announce (LSB 5.0 Core, section 10.6.1.1.1).</summary>
    private static bool TryReadAugmentation(
        ref ByteCursor cursor, ReadOnlySpan<byte> augmentation, ref byte encoding, ref bool isSignalFrame)
    {
        if (augmentation[0] != (byte)'z')
        {
            return false;
        }

        ByteCursor data = cursor.Part(cursor.Unsigned());
        foreach (byte letter in augmentation[1..])
        {
            switch (letter)
            {
                case (byte)'R':
                    encoding = data.U8();
                    break;
                case (byte)'L':
                    data.U8();
                    break;
                case (byte)'P':
                    if (!TrySkipPointer(ref data, data.U8()))
                    {
                        return false;
                    }

                    break;
                case (byte)'S':
                    isSignalFrame = true;
                    break;
                default:
                    return false;
            }
        }

        return !data.IsBroken;
    }

    private static bool TrySkipPointer(ref ByteCursor cursor, byte encoding) =>
        TryReadRaw(ref cursor, encoding, out _);

    private bool TryReadPointer(ref ByteCursor cursor, int start, byte encoding, out ulong value)
    {
        // A part of the section begins at start, and the cursor counts from there.
        ulong here = unchecked(section.Address + (ulong)start + (ulong)cursor.Position);
        if ((encoding & Dwarf.PointerIndirect) != 0 || !TryReadRaw(ref cursor, encoding, out value))
        {
            value = 0;
            return false;
        }

        switch (encoding & Dwarf.PointerRelationMask)
        {
            case 0:
                return true;
            case Dwarf.PointerRelative:
                value = unchecked(value + here);
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadRaw(ref ByteCursor cursor, byte encoding, out ulong value)
    {
        value = 0;
        if (encoding == Dwarf.PointerOmitted)
        {
            return false;
        }

        switch (encoding & Dwarf.PointerFormatMask)
        {
            case Dwarf.PointerAbsolute or Dwarf.PointerUnsigned8 or Dwarf.PointerSigned8:
                value = cursor.U64();
                break;
            case Dwarf.PointerUnsigned:
                value = cursor.Unsigned();
                break;
            case Dwarf.PointerUnsigned2:
                value = cursor.U16();
                break;
            case Dwarf.PointerUnsigned4:
                value = cursor.U32();
                break;
            case Dwarf.PointerSigned:
                value = (ulong)cursor.Signed();
                break;
            case Dwarf.PointerSigned2:
                value = (ulong)(short)cursor.U16();
                break;
            case Dwarf.PointerSigned4:
                value = (ulong)(int)cursor.U32();
                break;
            default:
                return false;
        }

        return !cursor.IsBroken;
    }
}
