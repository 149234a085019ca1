// SPDX-License-Identifier: MIT
using System;
using System.Net.Http;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>Makes VMs that are all alike. Any thread.</summary>
public interface IUniformHost
{
    /// <summary>Sends requests to these VMs, each under its <see cref="SiteMachine.Address"/>.</summary>
    HttpMessageInvoker Client { get; }

    /// <summary>The disk that all have, or null.</summary>
    string? DiskPath { get; }

    /// <summary>Has somebody told of each VM that ends: its number, and why in a line. Set once, before the first
    /// start.</summary>
    Action<ulong, string>? Ended { get; set; }

    /// <summary>Makes a VM, which starts when somebody asks it for something.</summary>
    /// <param name="patience">How long to wait in line if there is no memory for it now.</param>
    /// <param name="cancellation">Waits no longer.</param>
    /// <returns>Its number; it may have ended already.</returns>
    /// <exception cref="ControlException">It cannot be made, or the wait was given up.</exception>
    ulong Start(TimeSpan patience, CancellationToken cancellation);

    /// <summary>Lets a VM of an earlier kernel go on where it was, under its number.</summary>
    /// <param name="machineId">The VM.</param>
    /// <returns>False if it is not there whole and never will be.</returns>
    /// <exception cref="ControlException">It cannot go on now; perhaps it can later.</exception>
    bool TryResume(ulong machineId);

    /// <summary>Gives up what is kept of a VM of an earlier kernel; nothing happens if there is nothing.</summary>
    /// <param name="machineId">The VM.</param>
    void Forget(ulong machineId);

    /// <summary>Finds a VM.</summary>
    /// <param name="machineId">Its number.</param>
    /// <returns>The VM; whether it runs still is not known.</returns>
    ISiteMachine Open(ulong machineId);
}
