import ArgumentParser

/// What `huleedu rank --help` says beside the options.
enum RankHelp {
    /// The command's configuration.
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rank",
            abstract: "Rank a folder of essays by comparative judgement.",
            discussion: discussion)
    }

    static let discussion = """
        A language model is shown two essays at a time and says which is better. From many such judgements the program \
        estimates one scale on which every essay has a place and a margin of error, and it goes on comparing, always the \
        pair from which most is to be learnt, until the ranking is as reliable as asked or the budget is spent. With a \
        few essays of known grade (--anchors) every essay gets a grade, and how sure that grade is.

        Before money is spent the program shows what it expects to spend and asks. A run that was interrupted, or \
        whose judge failed, or whose budget proved too small is continued with --resume; a judgement that is in hand is never \
        paid for again.

        ANTHROPIC_API_KEY gives access to anthropic; OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint that speaks \
        its language, to openai, which needs --model. Where both are set anthropic judges unless --provider says otherwise. \
        Without any of them, and with --qualities, a simulated judge stands in, at no cost, and every output says that no \
        language model has read the essays.

        EXAMPLES
          Try it without a key, on the essays that come with the program:
            huleedu rank Tools/samples/english --qualities Tools/samples/english.qualities.csv

          Rank a class for at most two and a half dollars, and write a report:
            huleedu rank essays --question @question.txt --budget 2.50usd --report ranking.html

          Grade Swedish essays from four whose grades are known:
            huleedu rank uppsatser --language sv --anchors kända.csv --grades F,E,D,C,B,A

          Go on after an interruption, without questions, for another program to read:
            huleedu rank essays --resume --yes --json > ranking.json

          Go on from there to a more reliable ranking:
            huleedu rank essays --resume --precision 0.9 --budget 5usd

        EXIT STATUS
          0    ranked, or declined at the prompt
          64   the command line is wrong, or asks for what cannot be done
          65   the content of an essay, a table or a text is wrong
          66   a folder or file cannot be read
          69   the judge, the database or a service cannot be reached, refuses or fails
          70   a fault of the program itself; the log in the data folder tells more
          73   the report, the output or the data folder cannot be written
          130  interrupted by SIGINT or SIGTERM
        """
}
