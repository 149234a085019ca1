// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Text;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests;

/// <summary>
/// Requests that two servers in a row could read differently (RFC 9112 section 11.2): each is refused, the request that
/// hides in it is not answered, and no visitor after it gets an answer that is not his.
/// </summary>
public sealed class SmugglingTests
{
    private const string Host = SitesProcess.Name + ".localhost";
    private const string Hidden = "hidden";
    private const string HiddenRequest = "GET /hidden.txt HTTP/1.1\r\nHost: " + Host + "\r\n\r\n";
    private const int Victims = 4;

    private static readonly string[] s_fields =
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 0",
        "Content-Length: 0\r\nContent-Length: 5",
        "Content-Length: 0, 5",
        "Content-Length: 5, 5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5\0",
        "Content-Length: \"5\"",
        "Content-Length: 5 5",
        "Content-Length : 5",
        "Content-Length\t: 5",
        " Content-Length: 5",
        "X: y\r\n Content-Length: 5",
        "X: y\nContent-Length: 5\r\nX: z\0",
        "Content_Length: 5\r\nContent-Length: x",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunkedx",
        "Transfer-Encoding: chunk",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t:chunked",
        "Transfer-Encoding: \u000Bchunked",
        "Transfer-Encoding: chunked\0",
        "Transfer-Encoding:\r\n chunked",
        " Transfer-Encoding: chunked",
        "X: y\r\n Transfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        "Host: other",
        "Host: " + Host,
        "Host : " + Host,
    ];

    // Bodies in chunks that are none, before the hidden request.
    private static readonly string[] s_chunks =
    [
        "x\r\n", "-1\r\n", "+1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n0\r\n\r\n", " 1\r\na\r\n0\r\n\r\n", "\r\n",
        "FFFFFFFFFFFFFFFFF\r\n", "10000000000000001\r\na\r\n", "1\r\nab\r\n0\r\n\r\n", "1\r\na0\r\n\r\n",
        "1\r\na\n0\r\n\r\n", "1\na\r\n0\r\n\r\n", "1;x\na\r\n0\r\n\r\n", "1\ra\r\n0\r\n\r\n",
    ];

    public static TheoryData<bool> Ways => [false, true];

    [Theory]
    [MemberData(nameof(Ways))]
    public void AmbiguousHead_IsRefused_AndNothingHidesInIt(bool overTap) => Serve(overTap, server =>
    {
        foreach (string fields in s_fields)
        {
            string attack = $"POST /own.txt HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n\r\n0\r\n\r\n{HiddenRequest}";
            string answer = AskAll(server, attack);
            Assert.True(
                answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal)
                || answer.StartsWith("HTTP/1.1 501 ", StringComparison.Ordinal),
                $"{fields}: {answer}");
            AssertHarmless(server, fields, answer);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void MalformedChunks_HideNothing(bool overTap) => Serve(overTap, server =>
    {
        foreach (string chunks in s_chunks)
        {
            string attack =
                $"GET /own.txt HTTP/1.1\r\nHost: {Host}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}{HiddenRequest}";
            AssertHarmless(server, chunks, AskAll(server, attack));
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void RequestInsideOfContent_IsContent(bool overTap) => Serve(overTap, server =>
    {
        string[] attacks =
        [
            $"GET /own.txt HTTP/1.1\r\nHost: {Host}\r\nContent-Length: {HiddenRequest.Length}\r\n\r\n{HiddenRequest}",
            $"POST /own.txt HTTP/1.1\r\nHost: {Host}\r\nContent-Length: {HiddenRequest.Length}\r\n\r\n{HiddenRequest}",
            $"GET /own.txt HTTP/1.1\r\nHost: {Host}\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"{HiddenRequest.Length:x}\r\n{HiddenRequest}\r\n0\r\n\r\n",
            $"GET /own.txt HTTP/1.1\r\nHost: {Host}\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"0;x=\"{new string('y', 500)}\"\r\nX: {HiddenRequest.Split('\r')[0]}\r\n\r\n",
        ];
        foreach (string attack in attacks)
        {
            string last = $"GET /last.txt HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n\r\n";
            string answer = AskAll(server, attack + last);
            AssertHarmless(server, attack, answer);
            bool isRefused = attack.StartsWith("POST", StringComparison.Ordinal)
                && !answer.Contains("\nlast", StringComparison.Ordinal);
            Assert.True(isRefused || answer.EndsWith("\nlast", StringComparison.Ordinal), answer);
        }
    });

    private static void AssertHarmless(IPEndPoint server, string attack, string answer)
    {
        Assert.False(answer.EndsWith(Hidden, StringComparison.Ordinal), $"{attack}: the hidden request was answered");
        for (int i = 0; i < Victims; i++)
        {
            RawResponse response = RawClient.Ask(server, $"GET /own.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n");
            Assert.True(
                response.Status == 200 && Encoding.ASCII.GetString(response.Content) == "own",
                $"{attack}: the next visitor got {response.Status} {Encoding.ASCII.GetString(response.Content)}");
        }
    }

    private static string AskAll(IPEndPoint server, string request)
    {
        using var client = new RawClient(server);
        client.Send(request);
        return client.ReadAll();
    }

    private static void Serve(bool overTap, Action<IPEndPoint> test) => ServedTree.Run(
        overTap,
        tree =>
        {
            tree.Write("own.txt", "own");
            tree.Write("last.txt", "last");
            tree.Write("hidden.txt", Hidden);
        },
        (_, _, server) => test(server));
}
