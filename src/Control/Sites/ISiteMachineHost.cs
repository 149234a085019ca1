// SPDX-License-Identifier: MIT
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>What makes the VMs of sites.</summary>
public interface ISiteMachineHost
{
    /// <summary>Starts a VM that serves the files of a disk image.</summary>
    /// <param name="name">The site's name.</param>
    /// <param name="imagePath">The image.</param>
    /// <param name="group">The site's group, or null.</param>
    /// <param name="observer">Who is told what it does.</param>
    /// <returns>The VM.</returns>
    /// <exception cref="ControlException">It cannot be started.</exception>
    ISiteMachine Start(string name, string imagePath, SiteGroup? group, ISiteMachineObserver observer);

    /// <summary>Lets a VM of an earlier kernel go on where it was. It serves at once: its observer does not hear that
    /// it is ready.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="imagePath">The image that it had.</param>
    /// <param name="group">The site's group, or null.</param>
    /// <param name="observer">Who is told what it does.</param>
    /// <returns>The VM, or null if it is not there whole and never will be.</returns>
    /// <exception cref="ControlException">It cannot go on now; perhaps it can later.</exception>
    ISiteMachine? TryResume(
        ulong machineId, string imagePath, SiteGroup? group, ISiteMachineObserver observer) => null;

    /// <summary>Takes down what a VM is now. It goes on as if nothing had happened.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="imagePath">The image that it has.</param>
    /// <returns>Completes with what it was; the caller disposes it.</returns>
    /// <exception cref="ControlException">It has ended, or does not idle.</exception>
    Task<ISiteTemplate> CaptureAsync(ulong machineId, string imagePath);

    /// <summary>Gives up what is kept of a VM: of one that has ended, or one of an earlier kernel.</summary>
    /// <param name="machineId">The VM.</param>
    void Forget(ulong machineId)
    {
    }
}
