// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Denali.Net.Tests.Simulation;
using Xunit;

namespace Denali.Interop.Tests.Ends;

/// <summary>Two ends that send each other patterns, and look at each byte that comes.</summary>
internal static class Conversation
{
    private const int ChunkBytes = 50_000;

    /// <summary>Each end sends so much, both at once, then ends its direction and reads the other to its end.</summary>
    internal static void Run(IByteStream linux, long bytesFromLinux, IByteStream ours, long bytesFromUs) => RunAll(
        () => SendAll(linux, 1, bytesFromLinux),
        () => SendAll(ours, 2, bytesFromUs),
        () => ReceiveAll(ours, 1, bytesFromLinux),
        () => ReceiveAll(linux, 2, bytesFromUs));

    /// <summary>Sends a pattern, then ends the direction.</summary>
    internal static void SendAll(IByteStream stream, int pattern, long bytes)
    {
        Send(stream, pattern, 0, bytes);
        stream.ShutdownSend();
    }

    /// <summary>Sends a part of a pattern.</summary>
    internal static void Send(IByteStream stream, int pattern, long offset, long bytes)
    {
        byte[] buffer = new byte[ChunkBytes];
        for (long sent = 0; sent < bytes;)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(ChunkBytes, bytes - sent));
            Pattern.Fill(chunk, pattern, offset + sent);
            stream.Write(chunk);
            sent += chunk.Length;
        }
    }

    /// <summary>Receives a pattern to the end of the stream.</summary>
    internal static void ReceiveAll(IByteStream stream, int pattern, long bytes)
    {
        Receive(stream, pattern, 0, bytes);
        Assert.Equal(0, stream.Read(new byte[1]));
    }

    /// <summary>Receives a part of a pattern.</summary>
    internal static void Receive(IByteStream stream, int pattern, long offset, long bytes)
    {
        byte[] buffer = new byte[ChunkBytes];
        for (long received = 0; received < bytes;)
        {
            int count = stream.Read(buffer.AsSpan(0, (int)Math.Min(ChunkBytes, bytes - received)));
            Assert.True(count > 0, $"the stream ended after {received} of {bytes} bytes");
            Assert.True(
                Pattern.Matches(buffer.AsSpan(0, count), pattern, offset + received),
                $"wrong bytes in the {count} after {received}");
            received += count;
        }
    }

    /// <summary>Requests and answers of random sizes, one after the other.</summary>
    internal static void Transact(IByteStream client, IByteStream server, int count, int sizeMax, int seed)
    {
        int[] sizes = new int[count];
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            sizes[i] = random.Next(1, sizeMax);
        }

        RunAll(() => Ask(client, sizes), () => Answer(server, sizes));
    }

    /// <summary>Runs actions at once, each on its thread, and throws what one of them throws.</summary>
    internal static void RunAll(params Action[] actions)
    {
        Task[] tasks = new Task[actions.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = Task.Factory.StartNew(
                actions[i], CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        Task.WaitAll(tasks);
    }

    private static void Ask(IByteStream stream, int[] sizes)
    {
        long offset = 0;
        foreach (int size in sizes)
        {
            Send(stream, 1, offset, size);
            Receive(stream, 2, offset, size);
            offset += size;
        }

        stream.ShutdownSend();
        Assert.Equal(0, stream.Read(new byte[1]));
    }

    private static void Answer(IByteStream stream, int[] sizes)
    {
        long offset = 0;
        foreach (int size in sizes)
        {
            Receive(stream, 1, offset, size);
            Send(stream, 2, offset, size);
            offset += size;
        }

        Assert.Equal(0, stream.Read(new byte[1]));
        stream.ShutdownSend();
    }
}
