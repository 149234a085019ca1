// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Talks to a telnet server in a VM.</summary>
internal sealed class TelnetClient : IAsyncDisposable
{
    internal const string Prompt = "\r\n> ";

    private readonly HostStream _stream;
    private readonly CancellationToken _patience = new CancellationTokenSource(GuestMachine.Deadline).Token;

    private TelnetClient(HostStream stream) => _stream = stream;

    internal static async Task<TelnetClient> ConnectAsync(HostNetwork network, IpAddress address)
    {
        CancellationToken patience = new CancellationTokenSource(GuestMachine.Deadline).Token;
        return new TelnetClient(await network.ConnectAsync(new IpEndpoint(address, 23), patience));
    }

    /// <summary>Connects and waits for the greeting.</summary>
    internal static async Task<TelnetClient> OpenAsync(HostNetwork network, IpAddress address)
    {
        TelnetClient client = await ConnectAsync(network, address);
        Assert.Equal("Denali. Try help." + Prompt, await client.ReadUntilAsync(Prompt));
        return client;
    }

    /// <summary>Sends a command and waits for the next prompt.</summary>
    /// <returns>What came before the prompt.</returns>
    internal async Task<string> AskAsync(string command)
    {
        await SendAsync(Encoding.Latin1.GetBytes(command + "\r\n"));
        string answer = await ReadUntilAsync(Prompt);
        return answer[..^Prompt.Length];
    }

    internal async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, _patience);

    /// <summary>Reads up to and with a text, in ISO 8859-1.</summary>
    internal async Task<string> ReadUntilAsync(string end)
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await _stream.ReadAsync(one, _patience);
            Assert.True(count == 1, $"the connection ended after: {text}");
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>Reads to the end of the connection.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (await _stream.ReadAsync(one, _patience) == 1)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
