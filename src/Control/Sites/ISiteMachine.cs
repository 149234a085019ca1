// SPDX-License-Identifier: MIT
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Machines;

namespace Denali.Control.Sites;

/// <summary>The VM of a site. All members may be used on any thread, also after it has ended.</summary>
public interface ISiteMachine
{
    /// <summary>Its number.</summary>
    ulong Id { get; }

    /// <summary>Its IPv4 address, as text.</summary>
    string Ipv4Address { get; }

    /// <summary>Its IPv6 address, as text.</summary>
    string Ipv6Address { get; }

    /// <summary>Identity of what it was made of, as text; nothing if that has none.</summary>
    string Template => string.Empty;

    /// <summary>The sites with whose VMs it has a limit in common, or null.</summary>
    SiteGroup? Group => null;

    /// <summary>What it uses; nothing if it has ended.</summary>
    MachineUsage Usage { get; }

    /// <summary>Connects to its server.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection; to this VM and no other.</returns>
    /// <exception cref="IOException">It did not work.</exception>
    ValueTask<Stream> ConnectAsync(CancellationToken cancellation);

    /// <summary>Asks it to end.</summary>
    void RequestTermination();

    /// <summary>Ends it.</summary>
    void Kill();
}
