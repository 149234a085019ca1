// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Hardware.Tests;

/// <summary>
/// The layout of architecture version 1, written out: offset in hexadecimal, size in bytes, name. Fields may be added
/// in reserved space; a line that changes or goes breaks every image that exists.
/// </summary>
internal static class VersionOneLayout
{
    public static IReadOnlyDictionary<string, string[]> Structures { get; } = new Dictionary<string, string[]>
    {
        ["DiskCompletion"] =
        [
            "000 4 Tag",
            "004 4 Status",
        ],
        ["DiskEntry"] =
        [
            "000 8 SectorCount",
            "008 4 Flags",
        ],
        ["DiskRequest"] =
        [
            "000 4 Operation",
            "004 4 DiskIndex",
            "008 8 Sector",
            "010 8 Address",
            "018 4 SectorCount",
            "01C 4 Tag",
        ],
        ["ImageNote"] =
        [
            "000 4 ArchitectureVersion",
            "004 4 ProcessorLevel",
            "008 8 MemoryBytes",
            "010 8 RequiredFeatures",
            "018 4 StackBytes",
            "01C 4 StackCount",
        ],
        ["NicDescriptor"] =
        [
            "000 8 Address",
            "008 4 LengthBytes",
            "00C 4 Flags",
            "010 2 ChecksumStart",
            "012 2 ChecksumOffset",
            "014 2 SegmentBytes",
            "016 2 HeaderBytes",
            "018 8 Tag",
        ],
        ["RegisterPage"] =
        [
            "000 4 ArchitectureVersion",
            "004 4 TscKhz",
            "008 8 Features",
            "010 8 MachineId",
            "018 8 Generation",
            "020 8 MemoryBytes",
            "028 8 StackAreaBase",
            "030 4 StackBytes",
            "034 4 StackCount",
            "038 8 TscMultiplier",
            "040 8 TscBase",
            "048 8 MonotonicBaseNs",
            "050 8 WallClockOffsetNs",
            "058 8 RandomSeed0",
            "060 8 RandomSeed1",
            "068 8 RandomSeed2",
            "070 8 RandomSeed3",
            "078 8 ArgumentsAddress",
            "080 4 ArgumentsBytes",
            "084 4 Mtu",
            "088 8 MacAddress",
            "090 4 Ipv4Address",
            "094 4 Ipv4Gateway",
            "098 4 Ipv4PrefixLength",
            "09C 4 Ipv6PrefixLength",
            "0A0 8 Ipv6Address0",
            "0A8 8 Ipv6Address1",
            "0B0 8 Ipv6Gateway0",
            "0B8 8 Ipv6Gateway1",
            "0C0 4 DiskCount",
            "100 16 Disk0",
            "200 8 PendingInterrupts",
            "208 8 InterruptEnable",
            "210 8 UpcallEntry",
            "218 8 SavedStackPointer",
            "220 8 IdleDeadlineNs",
            "228 8 TimerDeadlineNs",
            "230 8 Argument0",
            "238 8 Argument1",
            "240 8 Argument2",
            "280 8 NicTransmitRing",
            "288 8 NicReceiveRing",
            "290 4 NicTransmitEntries",
            "294 4 NicReceiveEntries",
            "2A0 8 DiskRequestRing",
            "2A8 8 DiskCompletionRing",
            "2B0 4 DiskRingEntries",
            "400 128 ConsoleInput",
            "480 128 ConsoleOutput",
        ],
        ["RingHeader"] =
        [
            "000 4 Producer",
            "040 4 Consumer",
        ],
        ["UpcallFrame"] =
        [
            "000 8 InstructionPointer",
            "008 8 CodeSegment",
            "010 8 Flags",
            "018 8 StackPointer",
            "020 8 StackSegment",
        ],
    };
}
