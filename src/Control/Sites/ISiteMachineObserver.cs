// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>Is told what the VM of a site does. Called on any thread, perhaps before its start has returned.</summary>
public interface ISiteMachineObserver
{
    /// <summary>It serves. Must not block.</summary>
    void OnReady();

    /// <summary>It has ended; called once, last. Must not throw.</summary>
    /// <param name="reason">How: one line, for people.</param>
    void OnEnded(string reason);
}
