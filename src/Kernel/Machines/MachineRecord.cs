// SPDX-License-Identifier: MIT
using Denali.Hardware;
using Denali.Kernel.Swap;

namespace Denali.Kernel.Machines;

/// <summary>
/// All that the kernel knows of a VM besides its memory: a record of fixed size in an index-addressed table, so that a
/// million VMs are not a million objects.
/// </summary>
/// <remarks>Only the VM's worker touches it, but for the fields that say otherwise.</remarks>
internal struct MachineRecord
{
    /// <summary>No machine: ends a list.</summary>
    internal const int None = -1;

    /// <summary>Number of the VM, 0 while the record is free. Any thread may read it.</summary>
    internal ulong MachineId;

    /// <summary>How often the record was used.</summary>
    internal uint Uses;

    /// <summary>Index of the worker that owns the VM. Any thread may read it.</summary>
    internal int Worker;

    /// <summary>Where the VM is in its life. Any thread may read it.</summary>
    internal MachineState State;

    /// <summary>
    /// It was taken off the processor in the middle of its code, not by an instruction; or out of its slot after one
    /// that goes on. Then its registers are kept with its memory.
    /// </summary>
    internal bool Interrupted;

    /// <summary>It has idled since it last used up a quantum.</summary>
    internal bool HasPriority;

    /// <summary>It is to end as killed as soon as its worker sees it.</summary>
    internal bool IsKilled;

    /// <summary>
    /// Memory for a device's buffers was committed that it may not have: it is to end as soon as its worker runs it.
    /// </summary>
    internal bool IsOutOfMemory;

    /// <summary>It has a network interface.</summary>
    internal bool HasNetwork;

    /// <summary>
    /// It is to look at its rings when its time comes: its receive ring has frames that were not worth waking it, or it
    /// was parked before it had sent all.
    /// </summary>
    internal bool HasPatientFrames;

    /// <summary>Its address comes from a server outside.</summary>
    internal bool UsesDhcp;

    /// <summary>It has disks.</summary>
    internal bool HasDisks;

    /// <summary>It has asked something of its disks: its memory may hold what is on them.</summary>
    internal bool HasUsedDisks;

    /// <summary>It is in its worker's list of VMs whose disk requests wait for others to complete.</summary>
    internal bool IsDiskWaiting;

    /// <summary>Disk requests that were taken and are not completed.</summary>
    internal byte DiskJobs;

    /// <summary>Output could not be taken: the ring waits for the observer.</summary>
    internal bool IsConsoleBlocked;

    /// <summary>Links of the one list that the VM is in: run queue or timer bucket.</summary>
    internal int Next;

    /// <summary>See <see cref="Next"/>.</summary>
    internal int Previous;

    /// <summary>Bucket of the timer wheel that it is in, or <see cref="None"/>.</summary>
    internal int TimerBucket;

    /// <summary>Its memory is that of its base still: it was never bound to a slot.</summary>
    internal bool IsFresh;

    /// <summary>It is to run and has no slot: it stands in its worker's line for one.</summary>
    internal bool IsWaitingForSlot;

    /// <summary>Its memory is to be captured when it is ready.</summary>
    internal bool IsTemplateSource;

    /// <summary>How often in a row it was woken when it had only just begun to idle.</summary>
    internal byte ShortRests;

    /// <summary>Its place in its worker's <see cref="Memory.SlotClock"/>, if it holds a slot.</summary>
    internal int ClockPosition;

    /// <summary>When it was last woken, as far as the clock counts it.</summary>
    internal ulong VisitNs;

    /// <summary>When it last began to idle, monotonic nanoseconds.</summary>
    internal ulong IdledNs;

    /// <summary>How popular it is, see <see cref="Memory.SlotClock"/>; 0 for never visited.</summary>
    internal double Warmth;

    /// <summary>Number of what it was made of, see <see cref="Memory.ImageTable"/>.</summary>
    internal int Image;

    /// <summary>Number of its observer, see <see cref="MachineTable.Observer"/>.</summary>
    internal int Observer;

    /// <summary>Number of its group and one, see <see cref="MachineTable.Group"/>; 0 for none.</summary>
    internal int Group;

    /// <summary>Number of the list of its disks, see <see cref="MachineTable.Disks"/>.</summary>
    internal int Disks;

    /// <summary>Its memory while it holds no slot: a chain of the <see cref="Memory.BlockStore"/>.</summary>
    internal long Parked;

    /// <summary>What it has to do with the swap file. Any thread may read it.</summary>
    internal SwapState Swap;

    /// <summary>It is in its worker's line of those that are to be read from the swap file.</summary>
    internal bool IsSwapWanted;

    /// <summary>How often reading it has failed since it was wanted, up to 255.</summary>
    internal byte SwapTries;

    /// <summary>It is in its worker's <see cref="Memory.ParkedQueue"/>.</summary>
    internal bool IsParkedIdle;

    /// <summary>It was visited again while it was parked in memory, since it came from the swap file.</summary>
    internal bool IsReused;

    /// <summary>It comes from an earlier kernel: its registers are to be renewed when it is bound.</summary>
    internal bool IsResumed;

    /// <summary>
    /// It does not idle, although its state says so while VMs are saved; or did not when it was saved.
    /// </summary>
    internal bool IsToRun;

    /// <summary>Where its memory was when it was woken.</summary>
    internal Residence WokenFrom;

    /// <summary>When it was woken, monotonic nanoseconds; 0 if it has run since.</summary>
    internal ulong WokenNs;

    /// <summary>Links of the <see cref="Memory.ParkedQueue"/>.</summary>
    internal int ParkedNext;

    /// <summary>See <see cref="ParkedNext"/>.</summary>
    internal int ParkedPrevious;

    /// <summary>Its first block in the swap file, if it is there.</summary>
    internal uint SwapBlock;

    /// <summary>Its length in the swap file in bytes.</summary>
    internal long SwapBytes;

    /// <summary>Number of its execution slot, or <see cref="None"/> if it is parked.</summary>
    internal int Slot;

    /// <summary>When its timer is due, monotonic nanoseconds.</summary>
    internal ulong DeadlineNs;

    /// <summary>Interrupts that happened while it was not running.</summary>
    internal InterruptBits Pending;

    /// <summary>Processor time in nanoseconds.</summary>
    internal ulong CpuNs;

    /// <summary>What <see cref="CpuNs"/> was when its turn in the slot began, see <see cref="Memory.Residency"/>.
    /// </summary>
    internal ulong TurnCpuNs;

    /// <summary>How often it left the processor.</summary>
    internal ulong ExitCount;

    /// <summary>Nanoseconds left of its quantum.</summary>
    internal ulong QuantumNs;

    /// <summary>When it last went to another worker; 0 for never.</summary>
    internal ulong MovedNs;

    /// <summary>Memory it is charged for, in bytes.</summary>
    internal ulong ChargedBytes;

    /// <summary>Memory that the gatekeeper holds for it: what it is charged for, or less while it is parked.</summary>
    internal ulong HeldBytes;

    /// <summary>Most memory it may be charged for.</summary>
    internal ulong LimitBytes;
}
