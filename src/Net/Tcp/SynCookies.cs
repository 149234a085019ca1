// SPDX-License-Identifier: MIT

namespace Denali.Net.Tcp;

/// <summary>
/// SYN cookies (RFC 4987 section 3.6): when the SYN queue is full, our initial sequence number holds what must be
/// remembered of the SYN: 5 bits of time, 3 bits of MSS, 24 bits that nobody else can compute. Window scale and SACK
/// are in the low bits of our timestamp, which the peer echoes.
/// </summary>
internal sealed class SynCookies(TcpSecrets secrets)
{
    /// <summary>How long a unit of the cookie's time is. A cookie is good for this one and the one before.</summary>
    public const ulong PeriodNs = 64_000_000_000;

    private const int TimeShift = 27;
    private const int MssShift = 24;
    private const uint TagMask = (1U << MssShift) - 1;
    private const uint TimeMask = 31;
    private const uint MssMask = 7;

    // Low bits of the timestamp: four of window scale (15: none), one of SACK.
    private const uint OptionMask = 31;
    private const uint NoWindowScale = 15;
    private const uint SackBit = 16;

    /// <summary>Makes a cookie.</summary>
    /// <param name="segment">The SYN.</param>
    /// <param name="mss">The peer's MSS.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>Our initial sequence number.</returns>
    public uint Make(in TcpSegment segment, int mss, ulong nowNs)
    {
        uint index = MssMask;
        while (index > 0 && MssOf(index) > mss)
        {
            index--;
        }

        uint period = (uint)(nowNs / PeriodNs);
        return Encode(segment.Local, segment.Remote, segment.Sequence, period, index);
    }

    /// <summary>Our timestamp beside a cookie: not later than the clock, with the options in its low bits.</summary>
    public static uint MakeTimestamp(uint clock, in TcpOptions options)
    {
        uint bits = options.WindowScale >= 0 ? (uint)options.WindowScale : NoWindowScale;
        bits |= options.IsSackPermitted ? SackBit : 0;
        uint value = (clock & ~OptionMask) | bits;
        return Sequence.Greater(value, clock) ? value - OptionMask - 1 : value;
    }

    /// <summary>Looks whether the last part of a handshake brings one of our cookies back.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="nowNs">The time.</param>
    /// <param name="content">What it says.</param>
    /// <returns>Whether it is ours and fresh.</returns>
    public bool TryRead(in TcpSegment segment, ulong nowNs, out SynCookieContent content)
    {
        content = default;
        uint cookie = segment.Acknowledgment - 1;
        uint now = (uint)(nowNs / PeriodNs);
        uint age = (now - (cookie >> TimeShift)) & TimeMask;
        uint index = (cookie >> MssShift) & MssMask;
        if (age > 1 || age > now
            || Encode(segment.Local, segment.Remote, segment.Sequence - 1, now - age, index) != cookie)
        {
            return false;
        }

        content.Mss = MssOf(index);
        content.WindowScale = -1;
        if (segment.Options.HasTimestamps)
        {
            uint bits = segment.Options.TimestampEcho - secrets.TimestampOffset(segment.Local, segment.Remote);
            uint scale = bits & NoWindowScale;
            content.WindowScale = scale == NoWindowScale ? (sbyte)-1 : (sbyte)scale;
            content.IsSackPermitted = (bits & SackBit) != 0;
        }

        return true;
    }

    private uint Encode(in IpEndpoint local, in IpEndpoint remote, uint sequence, uint period, uint index)
    {
        ulong what = (1UL << 63) | ((ulong)sequence << 24) ^ ((ulong)period << 8) ^ index;
        uint tag = secrets.Cookie(local, remote, what) & TagMask;
        return (period & TimeMask) << TimeShift | index << MssShift | tag;
    }

    // The sizes that are common on real paths; rounding down is always right.
    private static ushort MssOf(uint index) => index switch
    {
        0 => 88,
        1 => 536,
        2 => 1220,
        3 => 1300,
        4 => 1400,
        5 => 1440,
        6 => 1460,
        _ => 8960,
    };
}
