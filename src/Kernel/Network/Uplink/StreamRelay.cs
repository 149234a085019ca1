// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Denali.Kernel.Network;

/// <summary>Joins a socket of the host and a connection of a VM: bytes, ends and resets, both ways.</summary>
internal static class StreamRelay
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Carries until both directions have ended or one has failed, then closes both.</summary>
    internal static async Task RunAsync(Socket socket, HostStream stream)
    {
        try
        {
            socket.NoDelay = true;
            await Task.WhenAll(ToStreamAsync(socket, stream), ToSocketAsync(stream, socket)).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone: so is the other.
            stream.Abort();
            socket.LingerState = new LingerOption(enable: true, 0);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private static async Task ToStreamAsync(Socket socket, HostStream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer.AsMemory()).ConfigureAwait(false)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }

            stream.ShutdownSend();
        }
        catch
        {
            stream.Abort();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task ToSocketAsync(HostStream stream, Socket socket)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer.AsMemory()).ConfigureAwait(false)) > 0)
            {
                ReadOnlyMemory<byte> rest = buffer.AsMemory(0, count);
                while (!rest.IsEmpty)
                {
                    rest = rest[await socket.SendAsync(rest).ConfigureAwait(false)..];
                }
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // Ends the other direction's wait; a reset, because the peer must not take this for the end of the data.
            socket.LingerState = new LingerOption(enable: true, 0);
            socket.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
