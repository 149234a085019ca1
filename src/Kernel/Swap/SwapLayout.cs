// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel.Swap;

/// <summary>Where things lie in the swap file: its head, the directory with a place for each index of a VM, the
/// blocks.</summary>
internal static class SwapLayout
{
    /// <summary>Bytes of a block: a page of the host's, so that writing one never reads it first.</summary>
    internal const int BlockBytes = 4096;

    /// <summary>Bytes of the head.</summary>
    internal const int HeadBytes = 4096;

    /// <summary>Most blocks of a file, 1 TiB: a bit for each is 32 MiB, however damaged a directory is.</summary>
    internal const uint BlockMax = 1 << 28;

    /// <summary>Where the blocks begin. What is not used of the directory is a hole in the file.</summary>
    internal const long BlocksAt = HeadBytes + ((long)MachineTable.Capacity * SwapEntry.SizeBytes);

    /// <summary>Where the directory's place for an index is.</summary>
    internal static long EntryOffset(int index) => HeadBytes + ((long)index * SwapEntry.SizeBytes);

    /// <summary>Where a block is.</summary>
    internal static long OffsetOf(uint block) => BlocksAt + ((long)block * BlockBytes);

    /// <summary>Blocks that so many bytes take.</summary>
    internal static long BlocksOf(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;
}
