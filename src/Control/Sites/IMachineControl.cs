// SPDX-License-Identifier: MIT
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;

namespace Denali.Control.Sites;

/// <summary>What can be seen of VMs, and done with them, whoever's they are. Any thread.</summary>
public interface IMachineControl
{
    /// <summary>Tells how a VM is.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="facts">A copy; its parts may be of different moments.</param>
    /// <returns>False if it has ended.</returns>
    bool TryGet(ulong machineId, out MachineFacts facts);

    /// <summary>Takes a VM's slot away, and keeps its memory compressed.</summary>
    /// <param name="machineId">The VM.</param>
    /// <returns>False if it cannot be done now: it does not idle, or has ended.</returns>
    Task<bool> ParkAsync(ulong machineId);

    /// <summary>Takes a VM's slot away, and writes what is kept of it into the swap file.</summary>
    /// <param name="machineId">The VM.</param>
    /// <returns>False if it cannot be done now: it does not idle, has ended, or there is no swap file with
    /// room.</returns>
    Task<bool> SwapOutAsync(ulong machineId);

    /// <summary>Gives a VM a slot and lets it run once.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    void Wake(ulong machineId);

    /// <summary>Ends a VM at once.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    void Kill(ulong machineId);

    /// <summary>Tells which pages a VM has of its own. It stays as it is.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The pages.</returns>
    /// <exception cref="ControlException">It has ended, or cannot be looked into now.</exception>
    /// <exception cref="System.OperationCanceledException">It was given up.</exception>
    Task<PageList> ExplainPagesAsync(ulong machineId, CancellationToken cancellation);

    /// <summary>Tells how the kernel is.</summary>
    /// <returns>What it knows; sites, requests and the process are left out.</returns>
    KernelSample Sample();
}
