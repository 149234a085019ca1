// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Which codings a client takes (Accept-Encoding, RFC 9110 section 12.5.3).</summary>
public readonly struct AcceptedCodings
{
    // Quality values in thousandths; -1 where the list does not name the coding.
    private readonly int _gzip;
    private readonly int _brotli;
    private readonly int _any;

    private AcceptedCodings(int gzip, int brotli, int any)
    {
        _gzip = gzip;
        _brotli = brotli;
        _any = any;
    }

    /// <summary>Reads the field.</summary>
    /// <param name="list">Its value; empty if there is none: then a client takes no coding.</param>
    /// <returns>What it says. What is malformed counts as not said.</returns>
    public static AcceptedCodings Parse(ReadOnlySpan<byte> list)
    {
        int gzip = -1;
        int brotli = -1;
        int any = -1;
        while (ByteText.TryTakeElement(ref list, out ReadOnlySpan<byte> element))
        {
            int semicolon = element.IndexOf((byte)';');
            ReadOnlySpan<byte> name = ByteText.Trim(semicolon < 0 ? element : element[..semicolon]);
            int quality = semicolon < 0 ? 1000 : Quality(ByteText.Trim(element[(semicolon + 1)..]));
            if (ByteText.EqualsIgnoringCase(name, "gzip"u8) || ByteText.EqualsIgnoringCase(name, "x-gzip"u8))
            {
                gzip = quality;
            }
            else if (ByteText.EqualsIgnoringCase(name, "br"u8))
            {
                brotli = quality;
            }
            else if (name.SequenceEqual("*"u8))
            {
                any = quality;
            }
        }

        return new AcceptedCodings(gzip, brotli, any);
    }

    /// <summary>Whether the client takes a coding.</summary>
    /// <param name="coding">The coding.</param>
    /// <returns>Whether; what is not coded is always taken, because there is nothing else to send.</returns>
    public bool Takes(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => (_gzip < 0 ? _any : _gzip) > 0,
        ContentCoding.Brotli => (_brotli < 0 ? _any : _brotli) > 0,
        _ => true,
    };

    /// <summary>The parameter "q=", from 0 to 1 with three digits, in thousandths.</summary>
    private static int Quality(ReadOnlySpan<byte> parameter)
    {
        if (parameter.Length < 3 || ByteText.ToLower(parameter[0]) != (byte)'q' || parameter[1] != (byte)'=')
        {
            return -1;
        }

        ReadOnlySpan<byte> number = parameter[2..];
        int value = number[0] - '0';
        if (value is < 0 or > 1 || number.Length > 5 || (number.Length > 1 && number[1] != (byte)'.'))
        {
            return -1;
        }

        for (int i = 2; i < 5; i++)
        {
            int digit = i < number.Length ? number[i] - '0' : 0;
            if (digit is < 0 or > 9)
            {
                return -1;
            }

            value = (value * 10) + digit;
        }

        return Math.Min(value, 1000);
    }
}
