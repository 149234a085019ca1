// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>The table of descriptors: the lowest free number is given out first, as POSIX wants it.</summary>
/// <remarks>Numbers 0 to 2 are the console's. Under the network's lock.</remarks>
internal static class Descriptors
{
    /// <summary>Most descriptors, so that a leak becomes an error before it takes all memory.</summary>
    internal const int Max = 65536;

    private const int First = 3;
    private const int InitialCount = 16;

    private static Socket?[] s_sockets = null!;
    private static int s_lowestFree;

    /// <summary>Descriptors in use.</summary>
    internal static int Count { get; private set; }

    /// <summary>Gives a socket a number.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The number, or <see cref="Errno.EMFILE"/> negated.</returns>
    internal static int Add(Socket socket)
    {
        s_sockets ??= new Socket?[InitialCount];
        int index = s_lowestFree;
        while (index < s_sockets.Length && s_sockets[index] is not null)
        {
            index++;
        }

        if (index == s_sockets.Length)
        {
            if (index >= Max)
            {
                return -(int)Errno.EMFILE;
            }

            Socket?[] larger = new Socket?[index * 2];
            s_sockets.AsSpan().CopyTo(larger);
            Heap.Free(s_sockets);
            s_sockets = larger;
        }

        s_sockets[index] = socket;
        s_lowestFree = index + 1;
        Count++;
        return First + index;
    }

    /// <summary>The socket with a number.</summary>
    /// <param name="descriptor">The number.</param>
    /// <returns>The socket, or null if there is none.</returns>
    internal static Socket? Find(int descriptor)
    {
        int index = descriptor - First;
        return s_sockets is not null && (uint)index < (uint)s_sockets.Length ? s_sockets[index] : null;
    }

    /// <summary>Frees a number.</summary>
    /// <param name="descriptor">The number.</param>
    /// <returns>The socket that had it, or null.</returns>
    internal static Socket? Remove(int descriptor)
    {
        Socket? socket = Find(descriptor);
        if (socket is not null)
        {
            int index = descriptor - First;
            s_sockets[index] = null;
            s_lowestFree = Math.Min(s_lowestFree, index);
            Count--;
        }

        return socket;
    }
}
