// SPDX-License-Identifier: MIT
namespace Denali.Cli;

/// <summary>Exit statuses of the command. A guest's own code is passed on, reduced to its low 8 bits.</summary>
internal static class ExitStatus
{
    internal const int Success = 0;

    /// <summary>doctor found something that does not work.</summary>
    internal const int Unhealthy = 1;

    /// <summary>Bad usage, a refused image, or a machine that cannot run VMs.</summary>
    internal const int Usage = 2;

    /// <summary>The guest faulted.</summary>
    internal const int Faulted = 120;

    /// <summary>The guest ran out of memory.</summary>
    internal const int OutOfMemory = 121;

    /// <summary>The guest was killed.</summary>
    internal const int Killed = 122;

    /// <summary>The time limit passed.</summary>
    internal const int TimedOut = 124;
}
