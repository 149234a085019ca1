// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Dates of HTTP (RFC 9110 section 5.6.7): written in the preferred form, read in all three.</summary>
public static class HttpDate
{
    /// <summary>Bytes of a date as it is written.</summary>
    public const int LengthBytes = 29;

    /// <summary>The last second that can be written: the end of the year 9999.</summary>
    public const long UnixSecondsMax = 253_402_300_799;

    private const long SecondsPerDay = 86_400;
    private const int DaysPerEra = 146_097;

    // From the 1st of March of the year 0 to the 1st of January 1970.
    private const int DaysToEpoch = 719_468;

    private static ReadOnlySpan<byte> DayNames => "SunMonTueWedThuFriSat"u8;

    private static ReadOnlySpan<byte> MonthNames => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes a time.</summary>
    /// <param name="unixSeconds">Seconds since 1970 in UTC; times before that, and after 9999, are brought in.</param>
    /// <param name="text">Where it goes: <see cref="LengthBytes"/> bytes.</param>
    public static void Write(long unixSeconds, Span<byte> text)
    {
        unixSeconds = Math.Clamp(unixSeconds, 0, UnixSecondsMax);
        long days = unixSeconds / SecondsPerDay;
        int second = (int)(unixSeconds % SecondsPerDay);
        ToCivil(days, out int year, out int month, out int day);
        int weekday = (int)((days + 4) % 7);
        DayNames.Slice(weekday * 3, 3).CopyTo(text);
        ", "u8.CopyTo(text[3..]);
        WriteTwo(day, text[5..]);
        text[7] = (byte)' ';
        MonthNames.Slice((month - 1) * 3, 3).CopyTo(text[8..]);
        text[11] = (byte)' ';
        WriteTwo(year / 100, text[12..]);
        WriteTwo(year % 100, text[14..]);
        text[16] = (byte)' ';
        WriteTwo(second / 3600, text[17..]);
        text[19] = (byte)':';
        WriteTwo(second / 60 % 60, text[20..]);
        text[22] = (byte)':';
        WriteTwo(second % 60, text[23..]);
        " GMT"u8.CopyTo(text[25..]);
    }

    /// <summary>Reads a date.</summary>
    /// <param name="text">The date: IMF-fixdate, or the obsolete forms of RFC 850 and of asctime.</param>
    /// <param name="unixSeconds">Seconds since 1970 in UTC.</param>
    /// <param name="nowUnixSeconds">Now: a year of two digits is never over 50 years ahead of it.</param>
    /// <returns>Whether it is a date.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, long nowUnixSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        int comma = text.IndexOf((byte)',');
        return comma == 3
            ? text.Length == LengthBytes && TryParseFixed(text, out unixSeconds)
            : comma > 3
                ? TryParseRfc850(text[(comma + 1)..], nowUnixSeconds, out unixSeconds)
                : TryParseAsctime(text, out unixSeconds);
    }

    // "Sun, 06 Nov 1994 08:49:37 GMT"
    private static bool TryParseFixed(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text[4] == (byte)' ' && text[7] == (byte)' ' && text[11] == (byte)' '
            && text[16] == (byte)' ' && text.EndsWith(" GMT"u8)
            && TryNumber(text.Slice(5, 2), out int day)
            && TryMonth(text.Slice(8, 3), out int month)
            && TryNumber(text.Slice(12, 4), out int year)
            && TryTime(text.Slice(17, 8), out int second)
            && TryCombine(year, month, day, second, out unixSeconds);
    }

    // "Sunday, 06-Nov-94 08:49:37 GMT", from behind the comma.
    private static bool TryParseRfc850(ReadOnlySpan<byte> text, long nowUnixSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != 23 || text[0] != (byte)' ' || text[3] != (byte)'-' || text[7] != (byte)'-'
            || text[10] != (byte)' ' || !text.EndsWith(" GMT"u8)
            || !TryNumber(text.Slice(1, 2), out int day)
            || !TryMonth(text.Slice(4, 3), out int month)
            || !TryNumber(text.Slice(8, 2), out int year)
            || !TryTime(text.Slice(11, 8), out int second))
        {
            return false;
        }

        ToCivil(nowUnixSeconds / SecondsPerDay, out int thisYear, out _, out _);
        year += thisYear / 100 * 100;
        return TryCombine(year > thisYear + 50 ? year - 100 : year, month, day, second, out unixSeconds);
    }

    // "Sun Nov  6 08:49:37 1994"
    private static bool TryParseAsctime(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text.Length == 24 && text[3] == (byte)' ' && text[7] == (byte)' ' && text[10] == (byte)' '
            && text[19] == (byte)' '
            && TryMonth(text.Slice(4, 3), out int month)
            && TryNumber(text[8] == (byte)' ' ? text.Slice(9, 1) : text.Slice(8, 2), out int day)
            && TryTime(text.Slice(11, 8), out int second)
            && TryNumber(text.Slice(20, 4), out int year)
            && TryCombine(year, month, day, second, out unixSeconds);
    }

    private static bool TryTime(ReadOnlySpan<byte> text, out int second)
    {
        second = 0;
        if (text[2] != (byte)':' || text[5] != (byte)':'
            || !TryNumber(text[..2], out int hours)
            || !TryNumber(text.Slice(3, 2), out int minutes)
            || !TryNumber(text.Slice(6, 2), out int seconds)
            || hours > 23 || minutes > 59 || seconds > 60)
        {
            return false;
        }

        second = (hours * 3600) + (minutes * 60) + seconds;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int number)
    {
        bool isNumber = ByteText.TryParseDecimal(text, out long value);
        number = (int)value;
        return isNumber;
    }

    private static bool TryMonth(ReadOnlySpan<byte> text, out int month)
    {
        for (month = 1; month <= 12; month++)
        {
            if (text.SequenceEqual(MonthNames.Slice((month - 1) * 3, 3)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryCombine(int year, int month, int day, int second, out long unixSeconds)
    {
        long days = FromCivil(year, month, day);
        unixSeconds = (days * SecondsPerDay) + second;

        // There and back: that finds the 31st of April.
        ToCivil(days, out int sameYear, out int sameMonth, out int sameDay);
        return year >= 1 && sameYear == year && sameMonth == month && sameDay == day;
    }

    // Years begin in March here, so that the day that leap years have more is their last.
    private static long FromCivil(int year, int month, int day)
    {
        year -= month <= 2 ? 1 : 0;
        int era = (year >= 0 ? year : year - 399) / 400;
        int yearOfEra = year - (era * 400);
        int dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5 + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return ((long)era * DaysPerEra) + dayOfEra - DaysToEpoch;
    }

    private static void ToCivil(long days, out int year, out int month, out int day)
    {
        days += DaysToEpoch;
        long era = (days >= 0 ? days : days - (DaysPerEra - 1)) / DaysPerEra;
        int dayOfEra = (int)(days - (era * DaysPerEra));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / (DaysPerEra - 1))) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int shifted = ((5 * dayOfYear) + 2) / 153;
        day = dayOfYear - (((153 * shifted) + 2) / 5) + 1;
        month = shifted < 10 ? shifted + 3 : shifted - 9;
        year = (int)((era * 400) + yearOfEra) + (month <= 2 ? 1 : 0);
    }

    private static void WriteTwo(int value, Span<byte> text)
    {
        text[0] = (byte)('0' + (value / 10));
        text[1] = (byte)('0' + (value % 10));
    }
}
