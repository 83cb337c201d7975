"""What `bench_associate.py` needs: portfolios made of a world of the lab (`book`), figures and the fit (`figures`)."""
