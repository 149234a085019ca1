// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Clients of the local socket that mean ill, or are broken.</summary>
public sealed class ApiHostileTests
{
    private static CancellationToken Patience => new CancellationTokenSource(Events.Patience).Token;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("GET /v2/sites HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("GET /v1/ HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("PUT /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404)]
    [InlineData("GET /v1/sites/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("GET /v1/sites/none/pages HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("POST /v1/sites/none/pages HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404)]
    [InlineData("GET /v1/sites?limit=-1 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /v1/sites?limit=99999999999999999999 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /v1/sites?state=7777 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /v1/sites?limit=1&limit=2 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{a}", 400)]
    [InlineData("POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nnull", 400)]
    [InlineData("POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n{\"name\":[1,2]} ", 400)]
    [InlineData("POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{\"name\"", 413)]
    [InlineData("\0\0\0\0\0\0\0\0\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n", 400)]
    [InlineData("GET /v1/sites HTTP/9.9\r\nHost: a\r\n\r\n", 505)]
    public async Task Request_ThatMakesNoSense_IsRefusedAndOthersAreServed(string request, int status)
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        await using NetworkStream stream = lab.Connect();

        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Patience);

        Assert.StartsWith($"HTTP/1.1 {status} ", await ReadLineAsync(stream), StringComparison.Ordinal);
        _ = await lab.Client.SampleAsync(Patience);
    }

    [Fact]
    public async Task Json_NestedDeeply_IsRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        await using NetworkStream stream = lab.Connect();
        string content = "{\"name\":" + new string('[', 30_000);

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/sites HTTP/1.1\r\nHost: a\r\nContent-Length: {content.Length}\r\n\r\n{content}"), Patience);

        Assert.StartsWith("HTTP/1.1 400 ", await ReadLineAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_WithoutAnEnd_AreRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        await using NetworkStream stream = lab.Connect();
        byte[] line = Encoding.ASCII.GetBytes("X-More: " + new string('a', 1000) + "\r\n");
        await stream.WriteAsync("GET /v1/sample HTTP/1.1\r\nHost: a\r\n"u8.ToArray(), Patience);
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                await stream.WriteAsync(line, Patience);
            }
        }
        catch (IOException)
        {
            // It stopped listening, which is the point.
        }

        _ = await lab.Client.SampleAsync(Patience);
        Assert.True(await EndsAsync(stream));
    }

    [Fact]
    public async Task Headers_ThatTakeTooLong_AreGivenUp()
    {
        await using ApiLab lab = await ApiLab.StartAsync(new ApiLimits { HeaderTimeout = TimeSpan.FromSeconds(1) });
        await using NetworkStream stream = lab.Connect();

        await stream.WriteAsync("GET /v1/sample HTTP/1.1\r\nHo"u8.ToArray(), Patience);

        Assert.True(await EndsAsync(stream));
    }

    [Fact]
    public async Task Garbage_OfAllKinds_HarmsNobody()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            await using NetworkStream stream = lab.Connect();
            byte[] bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            try
            {
                await stream.WriteAsync(bytes, Patience);
            }
            catch (IOException)
            {
                // It has closed already.
            }
        }

        _ = await lab.AddAsync("docs");
    }

    [Fact]
    public async Task Client_ThatReadsNothing_HoldsUpNobody()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => lab.AddAsync($"s{i}")));
        List<NetworkStream> slow = [];
        byte[] requests = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("GET /v1/sites HTTP/1.1\r\nHost: a\r\n\r\n", 200)));
        for (int i = 0; i < 20; i++)
        {
            slow.Add(lab.Connect());
            _ = slow[^1].WriteAsync(requests, Patience).AsTask();
        }

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(40, (await lab.Client.ListAsync(new Sites.SiteFilter(), "", 100, Patience)).Sites.Count);
        }

        slow.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreClosed_AndTheirPlacesComeBack()
    {
        await using ApiLab lab = await ApiLab.StartAsync(new ApiLimits { ConnectionMax = 8 });
        List<NetworkStream> idle = [.. Enumerable.Range(0, 9).Select(_ => lab.Connect())];

        // The server may look at them in another order than they came in: which of them has to go is open.
        Task<bool>[] ends = [.. idle.Select(EndsAsync)];
        Task<bool> ended = await Task.WhenAny(ends);
        Assert.True(await ended);
        _ = await Assert.ThrowsAsync<ControlException>(() => lab.Client.SampleAsync(Patience));
        Assert.Equal(8, ends.Count(end => !end.IsCompleted));

        idle.ForEach(stream => stream.Dispose());
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _ = await lab.Client.SampleAsync(Patience);
                return;
            }
            catch (ControlException) when (Stopwatch.GetElapsedTime(start) < Events.Patience)
            {
                // The server hears of the ends a little later.
            }
        }
    }

    [Fact]
    public async Task AnotherUser_IsNotServed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can be another user for once");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "there is no setpriv: install the package util-linux");
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "there is no curl: install the package curl");
        await using ApiLab lab = await ApiLab.StartAsync();
        const UnixFileMode Open = (UnixFileMode)0b111_111_111;
        string folder = Path.GetDirectoryName(lab.SocketPath)!;
        Assert.Equal(
            (UnixFileMode.UserRead | UnixFileMode.UserWrite, (UnixFileMode)0b111_000_000),
            (File.GetUnixFileMode(lab.SocketPath), File.GetUnixFileMode(folder)));
        File.SetUnixFileMode(lab.SocketPath, Open);
        File.SetUnixFileMode(folder, Open);
        File.SetUnixFileMode(Path.GetDirectoryName(folder)!, Open);

        Assert.Equal("000", await AskAsync("--reuid=65534"));
        Assert.Equal("200", await AskAsync("--no-new-privs"));

        async Task<string> AskAsync(string option)
        {
            using Process curl = Process.Start(new ProcessStartInfo(
                "/usr/bin/setpriv",
                [
                    option, "curl", "-s", "-o", "/dev/null", "-m", "30", "-w", "%{http_code}",
                    "--unix-socket", lab.SocketPath, "http://denali/v1/sample",
                ])
            { RedirectStandardOutput = true })!;
            string output = await curl.StandardOutput.ReadToEndAsync(Patience);
            await curl.WaitForExitAsync(Patience);
            return output;
        }
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadLineAsync(Patience) ?? "";
    }

    private static async Task<bool> EndsAsync(NetworkStream stream)
    {
        try
        {
            byte[] buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, Patience) > 0)
            {
                // Whatever it has to say before it ends.
            }
        }
        catch (IOException)
        {
            // Broken off.
        }

        return true;
    }
}
