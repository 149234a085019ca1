// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>What makes the VMs of sites.</summary>
public interface ISiteMachineHost
{
    /// <summary>Starts a VM that serves the files of a disk image.</summary>
    /// <param name="name">The site's name.</param>
    /// <param name="imagePath">The image.</param>
    /// <param name="observer">Who is told what it does.</param>
    /// <returns>The VM.</returns>
    /// <exception cref="ControlException">It cannot be started.</exception>
    ISiteMachine Start(string name, string imagePath, ISiteMachineObserver observer);
}
