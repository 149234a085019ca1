// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>
/// The virtual registers: one page of guest memory at <see cref="AddressMap.RegisterPageBase"/>. Reading them never
/// leaves the VM.
/// </summary>
/// <remarks>
/// <para>The guest can write all of it. The kernel writes it only while the VM is not running, and believes nothing in
/// the upper half without checking: it copies a register, then checks the copy.</para>
/// <para>Comments give the direction: <c>IN</c> is kernel to guest, <c>OUT</c> is guest to kernel. Offsets are fixed
/// for an <see cref="ArchitectureVersion"/>; new registers take reserved space.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct RegisterPage
{
    /// <summary>Size of the structure in bytes: one page.</summary>
    public const int SizeOf = (int)AddressMap.PageBytes;

    /// <summary>The version of the architecture that this source defines.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>IN: version of the architecture, <see cref="CurrentVersion"/>.</summary>
    [FieldOffset(0x000)] public uint ArchitectureVersion;

    /// <summary>IN: nominal frequency of the time stamp counter in kHz.</summary>
    [FieldOffset(0x004)] public uint TscKhz;

    /// <summary>IN: devices and abilities present.</summary>
    [FieldOffset(0x008)] public FeatureBits Features;

    /// <summary>IN: number of this VM, unique among all VMs of this kernel.</summary>
    [FieldOffset(0x010)] public ulong MachineId;

    /// <summary>IN: changes whenever the memory was cloned, restored or moved; then all identity must be
    /// renewed.</summary>
    [FieldOffset(0x018)] public ulong Generation;

    /// <summary>IN: size of the guest's memory in bytes; valid addresses are below it.</summary>
    [FieldOffset(0x020)] public ulong MemoryBytes;

    /// <summary>IN: lowest address of the stack area, which ends at <see cref="MemoryBytes"/>.</summary>
    [FieldOffset(0x028)] public ulong StackAreaBase;

    /// <summary>IN: bytes from one stack to the next, including the unmapped guard page at its low end.</summary>
    [FieldOffset(0x030)] public uint StackBytes;

    /// <summary>IN: number of stacks in the stack area; the topmost is the boot stack.</summary>
    [FieldOffset(0x034)] public uint StackCount;

    /// <summary>IN: nanoseconds per TSC tick, times 2^32.</summary>
    [FieldOffset(0x038)] public ulong TscMultiplier;

    /// <summary>IN: TSC value at which the monotonic clock read <see cref="MonotonicBaseNs"/>.</summary>
    [FieldOffset(0x040)] public ulong TscBase;

    /// <summary>IN: monotonic clock at <see cref="TscBase"/>, in nanoseconds.</summary>
    [FieldOffset(0x048)] public ulong MonotonicBaseNs;

    /// <summary>IN: add to the monotonic clock for nanoseconds since 1970-01-01 UTC. May change at any exit.</summary>
    [FieldOffset(0x050)] public long WallClockOffsetNs;

    /// <summary>IN: fresh random bytes 0-7 of 32, renewed at every start, restart and clone.</summary>
    [FieldOffset(0x058)] public ulong RandomSeed0;

    /// <summary>IN: fresh random bytes 8-15.</summary>
    [FieldOffset(0x060)] public ulong RandomSeed1;

    /// <summary>IN: fresh random bytes 16-23.</summary>
    [FieldOffset(0x068)] public ulong RandomSeed2;

    /// <summary>IN: fresh random bytes 24-31.</summary>
    [FieldOffset(0x070)] public ulong RandomSeed3;

    /// <summary>IN: address of the boot arguments: NUL-terminated UTF-8 strings, one after the other.</summary>
    [FieldOffset(0x078)] public ulong ArgumentsAddress;

    /// <summary>IN: length of the boot arguments in bytes, including the last NUL.</summary>
    [FieldOffset(0x080)] public uint ArgumentsBytes;

    /// <summary>IN: largest payload of a frame in bytes.</summary>
    [FieldOffset(0x084)] public uint Mtu;

    /// <summary>IN: hardware address, first byte lowest, in the low 48 bits.</summary>
    [FieldOffset(0x088)] public ulong MacAddress;

    /// <summary>IN: IPv4 address, first byte lowest; 0 if a DHCP server is to be asked for one.</summary>
    [FieldOffset(0x090)] public uint Ipv4Address;

    /// <summary>IN: IPv4 gateway, first byte lowest; 0 without an address.</summary>
    [FieldOffset(0x094)] public uint Ipv4Gateway;

    /// <summary>IN: prefix length of the IPv4 network, 0-32.</summary>
    [FieldOffset(0x098)] public uint Ipv4PrefixLength;

    /// <summary>IN: prefix length of the IPv6 network, 0-128.</summary>
    [FieldOffset(0x09C)] public uint Ipv6PrefixLength;

    /// <summary>IN: IPv6 address, bytes 0-7, first byte lowest.</summary>
    [FieldOffset(0x0A0)] public ulong Ipv6Address0;

    /// <summary>IN: IPv6 address, bytes 8-15.</summary>
    [FieldOffset(0x0A8)] public ulong Ipv6Address1;

    /// <summary>IN: IPv6 gateway, bytes 0-7.</summary>
    [FieldOffset(0x0B0)] public ulong Ipv6Gateway0;

    /// <summary>IN: IPv6 gateway, bytes 8-15.</summary>
    [FieldOffset(0x0B8)] public ulong Ipv6Gateway1;

    /// <summary>IN: number of disks, at most <see cref="DiskEntry.MaxCount"/>.</summary>
    [FieldOffset(0x0C0)] public uint DiskCount;

    /// <summary>IN: disk 0; the others follow, <see cref="DiskEntry.SizeOf"/> apart, up to 0x17F.</summary>
    [FieldOffset(0x100)] public DiskEntry Disk0;

    /// <summary>IN/OUT: interrupts that have happened; the guest takes them with an atomic exchange.</summary>
    [FieldOffset(0x200)] public InterruptBits PendingInterrupts;

    /// <summary>OUT: 1 if the kernel may start an upcall; the kernel clears it when it does.</summary>
    [FieldOffset(0x208)] public ulong InterruptEnable;

    /// <summary>OUT: address of the upcall entry, 0 for none.</summary>
    [FieldOffset(0x210)] public ulong UpcallEntry;

    /// <summary>Private to the instruction page: stack pointer of a VM that idles.</summary>
    [FieldOffset(0x218)] public ulong SavedStackPointer;

    /// <summary>Private to the instruction page: deadline of the idle instruction, monotonic nanoseconds.</summary>
    [FieldOffset(0x220)] public ulong IdleDeadlineNs;

    /// <summary>
    /// OUT: when the monotonic clock passes it, the timer interrupt becomes pending even if the VM is running;
    /// <see cref="InstructionPage.Never"/> for none. Read at every exit, so it may act up to one quantum late. The
    /// kernel sets it back to never when it fires.
    /// </summary>
    [FieldOffset(0x228)] public ulong TimerDeadlineNs;

    /// <summary>Private to the instruction page: first argument of an instruction.</summary>
    [FieldOffset(0x230)] public ulong Argument0;

    /// <summary>Private to the instruction page: second argument of an instruction.</summary>
    [FieldOffset(0x238)] public ulong Argument1;

    /// <summary>Private to the instruction page: third argument of an instruction.</summary>
    [FieldOffset(0x240)] public ulong Argument2;

    /// <summary>OUT: address of the NIC transmit ring of <see cref="NicDescriptor"/>, 0 for none.</summary>
    [FieldOffset(0x280)] public ulong NicTransmitRing;

    /// <summary>OUT: address of the NIC receive ring of <see cref="NicDescriptor"/>, 0 for none.</summary>
    [FieldOffset(0x288)] public ulong NicReceiveRing;

    /// <summary>
    /// OUT: entries in the transmit ring, a power of two up to <see cref="RingLayout.EntryCountMax"/>.
    /// </summary>
    [FieldOffset(0x290)] public uint NicTransmitEntries;

    /// <summary>
    /// OUT: entries in the receive ring, a power of two up to <see cref="RingLayout.EntryCountMax"/>.
    /// </summary>
    [FieldOffset(0x294)] public uint NicReceiveEntries;

    /// <summary>OUT: address of the ring of <see cref="DiskRequest"/>, 0 for none.</summary>
    [FieldOffset(0x2A0)] public ulong DiskRequestRing;

    /// <summary>OUT: address of the ring of <see cref="DiskCompletion"/>, 0 for none.</summary>
    [FieldOffset(0x2A8)] public ulong DiskCompletionRing;

    /// <summary>OUT: entries in both disk rings, a power of two up to <see cref="RingLayout.EntryCountMax"/>.</summary>
    [FieldOffset(0x2B0)] public uint DiskRingEntries;

    /// <summary>
    /// Console input: bytes from the kernel to the guest. Data at <see cref="ConsoleLayout.InputData"/>.
    /// </summary>
    [FieldOffset(ConsoleLayout.InputHeader)] public RingHeader ConsoleInput;

    /// <summary>Console output: bytes from the guest. Data at <see cref="ConsoleLayout.OutputData"/>.</summary>
    [FieldOffset(ConsoleLayout.OutputHeader)] public RingHeader ConsoleOutput;
}
