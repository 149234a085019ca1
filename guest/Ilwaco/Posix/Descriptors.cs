// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>The table of descriptors: the lowest free number is given out first, as POSIX wants it.</summary>
/// <remarks>Numbers 0 to 2 are the console's. Any thread; each method is a critical section.</remarks>
internal static class Descriptors
{
    /// <summary>Most descriptors, so that a leak becomes an error before it takes all memory.</summary>
    internal const int Max = 65536;

    private const int First = 3;
    private const int InitialCount = 16;

    private static OpenDescription?[] s_open = null!;
    private static int s_lowestFree;

    /// <summary>Descriptors of sockets.</summary>
    internal static int SocketCount { get; private set; }

    /// <summary>Gives something that was opened a number.</summary>
    /// <param name="description">What was opened.</param>
    /// <returns>The number, or <see cref="Errno.EMFILE"/> negated.</returns>
    internal static int Add(OpenDescription description)
    {
        CriticalSection.Enter();
        int descriptor = AddInside(description);
        CriticalSection.Leave();
        return descriptor;
    }

    /// <summary>What has a number. The caller sees to it that nobody closes it meanwhile.</summary>
    /// <param name="descriptor">The number.</param>
    /// <returns>What has it, or null if nothing does.</returns>
    internal static OpenDescription? Find(int descriptor)
    {
        int index = descriptor - First;
        return s_open is not null && (uint)index < (uint)s_open.Length ? s_open[index] : null;
    }

    /// <summary>Begins a call on what has a number: it stays until <see cref="OpenDescription.Unuse"/>.</summary>
    /// <param name="descriptor">The number.</param>
    /// <returns>What has it, or null if nothing does.</returns>
    internal static OpenDescription? Use(int descriptor)
    {
        CriticalSection.Enter();
        OpenDescription? description = Find(descriptor);
        description?.Use();
        CriticalSection.Leave();
        return description;
    }

    /// <summary>Frees a number.</summary>
    /// <param name="descriptor">The number.</param>
    /// <returns>What had it, or null.</returns>
    internal static OpenDescription? Remove(int descriptor)
    {
        CriticalSection.Enter();
        OpenDescription? description = Find(descriptor);
        if (description is not null)
        {
            int index = descriptor - First;
            s_open[index] = null;
            s_lowestFree = Math.Min(s_lowestFree, index);
            SocketCount -= description is Socket ? 1 : 0;
        }

        CriticalSection.Leave();
        return description;
    }

    private static int AddInside(OpenDescription description)
    {
        s_open ??= new OpenDescription?[InitialCount];
        int index = s_lowestFree;
        while (index < s_open.Length && s_open[index] is not null)
        {
            index++;
        }

        if (index == s_open.Length)
        {
            if (index >= Max)
            {
                return -(int)Errno.EMFILE;
            }

            OpenDescription?[] larger = new OpenDescription?[index * 2];
            s_open.AsSpan().CopyTo(larger);
            Heap.Free(s_open);
            s_open = larger;
        }

        s_open[index] = description;
        s_lowestFree = index + 1;
        SocketCount += description is Socket ? 1 : 0;
        return First + index;
    }
}
