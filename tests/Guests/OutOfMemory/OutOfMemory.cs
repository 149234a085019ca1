// SPDX-License-Identifier: MIT
using Ilwaco;

/// <summary>Uses its memory up. The kernel must report that it ran out of memory, and nothing else.</summary>
internal static class OutOfMemory
{
    private static int Main()
    {
        ConsoleDevice.WriteLine("allocating"u8);
        ulong total = 0;
        while (true)
        {
            byte[] block = new byte[60_000];
            block[0] = 1;
            total += (uint)block.Length;
            if (total > VirtualMemory)
            {
                ConsoleDevice.WriteLine("more than there is"u8);
                return 1;
            }
        }
    }

    private static unsafe ulong VirtualMemory => VirtualRegisters.Page->MemoryBytes;
}
