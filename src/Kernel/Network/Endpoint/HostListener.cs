// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Net.Tcp;

namespace Denali.Kernel.Network;

/// <summary>Accepts connections that VMs make to the kernel's host. One accept at a time.</summary>
public sealed class HostListener : ITcpListenerEvents, IDisposable
{
    private readonly HostNetwork _network;
    private readonly TcpListener _listener;
    private readonly AsyncSignal _acceptable = new();

    internal HostListener(HostNetwork network, TcpListener listener)
    {
        _network = network;
        _listener = listener;
        listener.Events = this;
    }

    /// <summary>The port that it listens to.</summary>
    public ushort Port => _listener.Local.Port;

    /// <summary>Waits for a connection.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">The listener was closed.</exception>
    public async ValueTask<HostStream> AcceptAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            HostStream? stream = TryAccept();
            if (stream is not null)
            {
                return stream;
            }

            await _acceptable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    void ITcpListenerEvents.OnAcceptable(TcpListener listener) => _acceptable.Set();

    /// <summary>Stops listening; connections that were accepted go on.</summary>
    public void Dispose()
    {
        _network.Enter();
        _listener.Close();
        _network.Leave();
        _acceptable.Set();
    }

    private HostStream? TryAccept()
    {
        _network.Enter();
        try
        {
            TcpConnection? connection = _listener.IsClosed
                ? throw new IOException("the listener was closed")
                : _listener.Accept();
            return connection is null ? null : new HostStream(_network, connection);
        }
        finally
        {
            _network.Leave();
        }
    }
}
