// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;

namespace Denali.Diagnostics;

/// <summary>Makes text from a guest safe to print on a terminal or into a log.</summary>
public static class SafeText
{
    /// <summary>Decodes UTF-8 and escapes what could move a cursor, start an escape sequence, break a line or turn
    /// the direction of writing.</summary>
    /// <param name="utf8">Any bytes; invalid ones become replacement characters.</param>
    /// <param name="maxLength">Most characters of the result.</param>
    /// <returns>One line. Control, format, separator, private and unassigned characters and the backslash are
    /// escaped; text that was cut ends with three dots.</returns>
    public static string FromUtf8(ReadOnlySpan<byte> utf8, int maxLength)
    {
        // A character has at most four bytes: more bytes cannot matter.
        bool isCut = utf8.Length > maxLength * 4L;
        var text = new StringBuilder();
        ReadOnlySpan<byte> rest = isCut ? utf8[..(maxLength * 4)] : utf8;
        while (!rest.IsEmpty)
        {
            Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            rest = rest[consumed..];
            Append(text, rune);
            if (text.Length > maxLength)
            {
                isCut = true;
                break;
            }
        }

        if (isCut)
        {
            // Cutting inside an escape or a surrogate pair leaves harmless characters, but not half a pair.
            text.Length = Math.Min(text.Length, Math.Max(0, maxLength - 3));
            if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
            {
                text.Length--;
            }

            text.Append("...");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n':
                text.Append("\\n");
                return;
            case '\r':
                text.Append("\\r");
                return;
            case '\t':
                text.Append("\\t");
                return;
            case '\\':
                text.Append("\\\\");
                return;
        }

        bool isPlain = Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or
            UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or
            UnicodeCategory.ParagraphSeparator);
        if (isPlain)
        {
            text.Append(rune);
        }
        else if (rune.Value <= 0xFF)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }
    }
}
