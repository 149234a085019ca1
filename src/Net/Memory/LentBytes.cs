// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Bytes that lie in one piece at their lender's.</summary>
public struct LentBytes
{
    /// <summary>Whose they are.</summary>
    public ByteLender? Lender;

    /// <summary>Which of its bytes: the lender's own number.</summary>
    public ulong Key;

    /// <summary>Where they begin: the lender's own number.</summary>
    public int Offset;

    /// <summary>How many they are, more than 0.</summary>
    public int Length;
}
