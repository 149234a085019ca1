// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>What the VM of a site was at a moment, for others to begin there. Any thread.</summary>
public interface ISiteTemplate : IDisposable
{
    /// <summary>The disk that the VM had; others need the same.</summary>
    string ImagePath { get; }

    /// <summary>Makes a VM that goes on from there. It serves at once: its observer does not hear that it is
    /// ready.</summary>
    /// <param name="observer">Who is told what it does.</param>
    /// <returns>The VM.</returns>
    /// <exception cref="ControlException">It cannot be made.</exception>
    ISiteMachine Start(ISiteMachineObserver observer);
}
