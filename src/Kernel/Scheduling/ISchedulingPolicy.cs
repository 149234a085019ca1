// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Scheduling;

/// <summary>Shares one core among the runnable VMs of its worker. One instance per worker, used only by it.</summary>
/// <remarks>It decides order and time; blocking, waking and accounting are the worker's.</remarks>
internal interface ISchedulingPolicy
{
    /// <summary>Number of VMs that wait.</summary>
    int Count { get; }

    /// <summary>Puts a VM among those that wait.</summary>
    /// <param name="index">The VM; it is in no list.</param>
    /// <param name="reason">Why it waits.</param>
    void Enqueue(int index, EnqueueReason reason);

    /// <summary>Takes the VM that is to run next.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="quantumNs">For how long at most, in nanoseconds.</param>
    /// <returns>False if none waits.</returns>
    bool TryDequeue(out int index, out ulong quantumNs);

    /// <summary>Takes a VM that waits, whatever its turn.</summary>
    /// <param name="index">The VM; it waits here.</param>
    void Remove(int index);

    /// <summary>Takes a VM to be given to another worker.</summary>
    /// <param name="index">The VM.</param>
    /// <returns>False if none is to be given away.</returns>
    bool TryGiveAway(out int index);

    /// <summary>Tells how long the last VM ran.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="ranNs">Nanoseconds.</param>
    void Charge(int index, ulong ranNs);

    /// <summary>
    /// Whether the VM that runs would make way for one that wakes: if not, no timer need watch for it.
    /// </summary>
    /// <param name="index">The VM that runs.</param>
    /// <returns>True if so.</returns>
    bool IsPreemptible(int index);

    /// <summary>Whether the VM that runs is to make way for one that waits, before its quantum ends.</summary>
    /// <param name="index">The VM that runs.</param>
    /// <returns>True if so.</returns>
    bool ShouldPreempt(int index);
}
