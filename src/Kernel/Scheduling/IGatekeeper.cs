// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Scheduling;

/// <summary>
/// Decides which VMs may exist and hold memory. Separate from the scheduler: that one shares the cores among those that
/// were let in. Any thread.
/// </summary>
public interface IGatekeeper
{
    /// <summary>Asks for a new VM to be let in, and reserves memory for it.</summary>
    /// <param name="bytes">Memory that it is charged for at once.</param>
    /// <param name="refusal">Why not: one line with the cure.</param>
    /// <returns>True if it may be created.</returns>
    bool TryAdmit(ulong bytes, out string refusal);

    /// <summary>Asks for more memory for a VM that is in.</summary>
    /// <param name="bytes">How much more.</param>
    /// <returns>False if the machine has none to spare.</returns>
    bool TryCharge(ulong bytes);

    /// <summary>A VM that stays in has less memory than before.</summary>
    /// <param name="bytes">How much less.</param>
    void Uncharge(ulong bytes);

    /// <summary>A VM ended: its memory is free.</summary>
    /// <param name="bytes">All that is charged for it.</param>
    void Release(ulong bytes);
}
