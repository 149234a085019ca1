// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>
/// Where things lie in an ext2 file system, revision 1: from "The Second Extended File System, Internal Layout" by Dave
/// Poirier, and the Linux documentation filesystems/ext4/ondisk.
/// </summary>
internal static class Ext2Layout
{
    internal const int SuperBlockOffset = 1024;
    internal const int SuperBlockBytes = 1024;
    internal const ushort Magic = 0xEF53;
    internal const int BlockBytesMin = 1024;

    // The superblock.
    internal const int InodeCount = 0;
    internal const int BlockCount = 4;
    internal const int FreeBlockCount = 12;
    internal const int FreeInodeCount = 16;
    internal const int FirstDataBlock = 20;
    internal const int LogBlockBytes = 24;
    internal const int BlocksPerGroup = 32;
    internal const int InodesPerGroup = 40;
    internal const int MagicNumber = 56;
    internal const int Revision = 76;
    internal const int InodeBytes = 88;
    internal const int IncompatibleFeatures = 96;
    internal const int Identifier = 104;
    internal const int VolumeName = 120;
    internal const int IdentifierBytes = 16;
    internal const int VolumeNameBytes = 16;

    // Revision 0 has no field for it.
    internal const int InodeBytesMin = 128;

    /// <summary>
    /// Directories say what kind of file a name is. The only incompatible feature that is known here.
    /// </summary>
    internal const uint FileTypeFeature = 0x2;

    // A group descriptor.
    internal const int GroupDescriptorBytes = 32;
    internal const int GroupInodeTable = 8;

    // An inode.
    internal const int Mode = 0;
    internal const int UserId = 2;
    internal const int SizeLow = 4;
    internal const int ChangeTime = 12;
    internal const int ModificationTime = 16;
    internal const int GroupId = 24;
    internal const int LinkCount = 26;
    internal const int HalfKibibytes = 28;
    internal const int Flags = 32;
    internal const int BlockPointers = 40;
    internal const int AttributeBlock = 104;
    internal const int SizeHigh = 108;

    // Inode flags that change what the block pointers mean: extents, data inside of the inode.
    internal const uint UnsupportedFlags = 0x8_0000 | 0x1000_0000;

    internal const int PointerBytes = 4;
    internal const int DirectPointers = 12;
    internal const int PointerCount = 15;

    // A directory entry.
    internal const int EntryInode = 0;
    internal const int EntryBytes = 4;
    internal const int EntryNameBytes = 6;
    internal const int EntryKind = 7;
    internal const int EntryName = 8;
}
