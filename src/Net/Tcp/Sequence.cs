// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>Arithmetic of sequence numbers modulo 2^32 (RFC 9293 section 3.4). Good for distances below 2^31.</summary>
internal static class Sequence
{
    public static bool Less(uint left, uint right) => (int)(left - right) < 0;

    public static bool LessOrEqual(uint left, uint right) => (int)(left - right) <= 0;

    public static bool Greater(uint left, uint right) => (int)(left - right) > 0;

    public static bool GreaterOrEqual(uint left, uint right) => (int)(left - right) >= 0;

    public static uint Max(uint left, uint right) => Less(left, right) ? right : left;

    public static uint Min(uint left, uint right) => Less(left, right) ? left : right;
}
