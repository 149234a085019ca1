// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The boot arguments: what the VM was told when it was created. The first is its own name.</summary>
public static unsafe class Arguments
{
    /// <summary>The number of arguments.</summary>
    public static int Count
    {
        get
        {
            int count = 0;
            foreach (byte value in All)
            {
                count += value == 0 ? 1 : 0;
            }

            return count;
        }
    }

    // NUL-terminated texts, one after the other.
    private static ReadOnlySpan<byte> All
    {
        get
        {
            RegisterPage* registers = VirtualRegisters.Page;
            return new ReadOnlySpan<byte>((void*)registers->ArgumentsAddress, (int)registers->ArgumentsBytes);
        }
    }

    /// <summary>An argument.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>Its text in UTF-8, without the NUL; empty if there is no such argument.</returns>
    public static ReadOnlySpan<byte> At(int index)
    {
        ReadOnlySpan<byte> rest = All;
        while (true)
        {
            int end = rest.IndexOf((byte)0);
            if (end < 0)
            {
                return default;
            }

            if (index-- == 0)
            {
                return rest.Slice(0, end);
            }

            rest = rest.Slice(end + 1);
        }
    }
}
